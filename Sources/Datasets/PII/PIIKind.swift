/// A kind of personally identifiable information.
public enum PIIKind: String, Sendable, CaseIterable, Hashable {
  /// 주민등록번호: six digits of birth, one of century and sex, six more.
  case residentNumber = "resident_number"
  /// 외국인등록번호: the same form, with 5 to 8 as the seventh digit.
  case foreignerNumber = "foreigner_number"
  /// Mobile, landline, internet and nationwide numbers of Korea.
  case phone
  case email
  /// Payment cards of 15 or 16 digits.
  case card
  /// Bank accounts, where a bank or an account is spoken of.
  case account
  /// Korean addresses by road name or lot number.
  case address
  /// 여권번호, where a passport is spoken of.
  case passport
  /// 운전면허번호.
  case driverLicence = "driver_licence"
  /// 사업자등록번호.
  case businessNumber = "business_number"

  /// What stands in the text's place unless another placeholder is asked for.
  public var placeholder: String {
    switch self {
    case .residentNumber: "<RRN>"
    case .foreignerNumber: "<FRN>"
    case .phone: "<PHONE>"
    case .email: "<EMAIL>"
    case .card: "<CARD>"
    case .account: "<ACCOUNT>"
    case .address: "<ADDRESS>"
    case .passport: "<PASSPORT>"
    case .driverLicence: "<DRIVER_LICENCE>"
    case .businessNumber: "<BUSINESS_NUMBER>"
    }
  }
}

/// A stretch of a text that identifies a person.
public struct PIIMatch: Sendable, Hashable {
  public let kind: PIIKind
  /// In Unicode scalars from the start of the text.
  public let range: Range<Int>
}
