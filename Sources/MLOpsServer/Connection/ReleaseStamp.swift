import Deployment
import HTTPTypes
import Hummingbird
import MLOpsCore

extension Response {
  /// Says in the headers which release and generation answered.
  func stamped(_ generation: ServedGeneration?) -> Response {
    guard let generation, let release = HTTPField.Name("x-mlops-release"),
      let number = HTTPField.Name("x-mlops-generation"), headers[release] == nil
    else { return self }
    var response = self
    response.headers[release] = generation.release.description
    response.headers[number] = String(generation.number)
    return response
  }
}

extension LiveRelease {
  var served: ServedGeneration { ServedGeneration(number: generation, release: digest) }
}
