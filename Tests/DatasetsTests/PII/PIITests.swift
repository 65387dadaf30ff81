import Datasets
import Foundation
import JSON
import SystemPackage
import Testing

/// A text and what scrubbing must make of it.
struct ScrubCase: Sendable, CustomTestStringConvertible {
  let text: String
  let scrubbed: String

  init(_ text: String, _ scrubbed: String) {
    self.text = text
    self.scrubbed = scrubbed
  }

  /// Nothing to be found.
  init(_ text: String) { self.init(text, text) }

  var testDescription: String { text }
}

@Suite struct PIITests {
  static let found: [ScrubCase] = [
    // Resident and foreigner registration numbers: hyphen accepted without check digit.
    .init("주민번호 900101-1234568입니다", "주민번호 <RRN>입니다"),
    .init("900101-1234567", "<RRN>"),
    .init("홍길동(850315-2123450)", "홍길동(<RRN>)"),
    .init("010203-3123459", "<RRN>"),
    .init("201115-4123456", "<RRN>"),
    .init("900101 - 1234567", "<RRN>"),
    .init("9001011234568", "<RRN>"),
    .init("주민등록번호 2011154123456 확인", "주민등록번호 <RRN> 확인"),
    .init("９００１０１－１２３４５６７", "<RRN>"),
    .init("900101–1234567", "<RRN>"),
    .init("000229-3123456", "<RRN>"),
    .init("991231-6543217", "<FRN>"),
    .init("외국인등록번호: 050607-7123456", "외국인등록번호: <FRN>"),
    .init("990101-9123456", "<RRN>"),
    // Mobile telephones.
    .init("010-1234-5678", "<PHONE>"),
    .init("연락처: 01012345678.", "연락처: <PHONE>."),
    .init("010 1234 5678로 전화", "<PHONE>로 전화"),
    .init("010.1234.5678", "<PHONE>"),
    .init("011-234-5678", "<PHONE>"),
    .init("휴대폰 0192345678", "휴대폰 <PHONE>"),
    .init("０１０－１２３４－５６７８", "<PHONE>"),
    .init("010‑1234‑5678", "<PHONE>"),
    .init("+82 10-1234-5678", "<PHONE>"),
    .init("+82-10-1234-5678", "<PHONE>"),
    .init("82-10-1234-5678", "<PHONE>"),
    .init("+82 2-123-4567", "<PHONE>"),
    .init("010-1234-5678,010-8765-4321", "<PHONE>,<PHONE>"),
    // Landlines, internet and nationwide numbers.
    .init("02-123-4567", "<PHONE>"),
    .init("02-1234-5678", "<PHONE>"),
    .init("(02) 123-4567", "<PHONE>"),
    .init("02)123-4567", "<PHONE>"),
    .init("031-123-4567", "<PHONE>"),
    .init("064.712.3456", "<PHONE>"),
    .init("070-1234-5678", "<PHONE>"),
    .init("0505-123-4567", "<PHONE>"),
    .init("전화 0311234567", "전화 <PHONE>"),
    .init("고객센터 1588-1234", "고객센터 <PHONE>"),
    .init("☎ 1644-0000", "☎ <PHONE>"),
    // E-mail.
    .init("a.b+c@example.co.kr로 보내", "<EMAIL>로 보내"),
    .init("메일: hong_gd@test.com.", "메일: <EMAIL>."),
    .init("hong@sub-domain.example.org,", "<EMAIL>,"),
    .init("ｈｏｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ", "<EMAIL>"),
    .init("<x@y.io>", "<<EMAIL>>"),
    .init("a@b.kr c@d.kr", "<EMAIL> <EMAIL>"),
    // Cards.
    .init("4111-1111-1111-1111", "<CARD>"),
    .init("4111 1111 1111 1111", "<CARD>"),
    .init("카드 5555555555554444 결제", "카드 <CARD> 결제"),
    .init("9480-1234-5678-9015", "<CARD>"),
    .init("3782-822463-10005", "<CARD>"),
    .init("378282246310005", "<CARD>"),
    .init("６２５９-１２３４-５６７８-９０１０", "<CARD>"),
    // Accounts.
    .init("국민은행 123456-78-901234", "국민은행 <ACCOUNT>"),
    .init("계좌번호는 110-123-456789입니다", "계좌번호는 <ACCOUNT>입니다"),
    .init("1002-123-456789 (우리은행)", "<ACCOUNT> (우리은행)"),
    .init("카카오뱅크 3333-01-1234567로 입금", "카카오뱅크 <ACCOUNT>로 입금"),
    .init("농협 302-1234-5678-91", "농협 <ACCOUNT>"),
    .init("입금 계좌 11012345678901", "입금 계좌 <ACCOUNT>"),
    // Addresses.
    .init("서울특별시 강남구 테헤란로 152", "<ADDRESS>"),
    .init("주소는 서울 종로구 종로 1입니다", "주소는 <ADDRESS>입니다"),
    .init("경기도 성남시 분당구 판교역로 235, 101동 1202호", "<ADDRESS>"),
    .init("부산광역시 해운대구 센텀중앙로 97 (재송동)", "<ADDRESS>"),
    .init("세종특별자치시 한누리대로 2130", "<ADDRESS>"),
    .init("서울 강남구 역삼동 736-1", "<ADDRESS>"),
    .init("성남시 분당구 불정로 6", "<ADDRESS>"),
    .init("충청남도 홍성군 홍북읍 충남대로 21", "<ADDRESS>"),
    .init("제주 제주시 첨단로 242", "<ADDRESS>"),
    .init("대전 유성구 대학로 99번길 12", "<ADDRESS>"),
    .init("강남구 역삼동 123-45번지에 산다", "<ADDRESS>에 산다"),
    // Passports, licences, businesses.
    .init("여권번호 M12345678", "여권번호 <PASSPORT>"),
    .init("passport M123A4567", "passport <PASSPORT>"),
    .init("면허 11-12-123456-12", "면허 <DRIVER_LICENCE>"),
    .init("사업자등록번호 123-45-67891", "사업자등록번호 <BUSINESS_NUMBER>"),
    .init("220-81-12341", "<BUSINESS_NUMBER>"),
    .init("사업자번호 1248100998", "사업자번호 <BUSINESS_NUMBER>"),
  ]

  static let left: [ScrubCase] = [
    .init("901301-1234567"), .init("900230-1234567"), .init("900100-1234567"),
    .init("2015년 13월 45일, 9013011234567"), .init("1234567890123"), .init("8801234567893"),
    .init("010229-3123456 아님"), .init("3.1415926535897932"), .init("1234567890123456"),
    .init("4111-1111-1111-1112"), .init("1588-1234의 값을 구하세요"), .init("1588 - 1234 = ?"),
    .init("2024-01-15"), .init("10-3-5"), .init("110-123-456789"), .init("01010101010"),
    .init("이진수 0110101101을 십진수로"), .init("a@b"), .init("@swift"), .init("점 A(3, 5)@"),
    .init("가로 12 cm, 세로 8 cm"), .init("앞으로 5칸, 위로 3칸"), .init("친구 세로 3"),
    .init("야구 가로 12 cm"), .init("동구는 3개"), .init("M12345678은 부품 번호"),
    .init("1,234,567,890 원"), .init("99-12-123456-12"), .init("123-45-67890"),
    .init("서울에서 부산까지 325 km"), .init("길이가 12인 도로 3개"), .init("0.0212345678"),
    .init("123 × 456 = 56088"), .init("x@.com"), .init("은행에 10000-2000원"),
    .init("1-900101-1234567"), .init("02 + 123 + 4567"), .init(""),
  ]

  @Test("what identifies a person is replaced by its kind", arguments: found)
  func positives(_ example: ScrubCase) {
    #expect(PIIScrubber().scrub(example.text)?.text == example.scrubbed)
  }

  @Test("what only looks like it is left alone", arguments: left)
  func negatives(_ example: ScrubCase) {
    #expect(PIIScrubber().scrub(example.text)?.text == nil)
  }

  @Test("the table is long enough to mean something")
  func size() { #expect(PIITests.found.count + PIITests.left.count >= 80) }

  @Test("no text of the sample is touched", arguments: ["problems", "feedback"])
  func sample(_ name: String) throws {
    var reader = try SourceReader(FilePath("\(sampleFolder)/data/\(name).ndjson"))
    var rows = 0
    while let row = try reader.next() {
      rows += 1
      let text = String(decoding: row.bytes, as: UTF8.self)
      #expect(PIIScanner().matches(in: text).isEmpty, "\(text)")
    }
    #expect(rows > 100)
  }

  @Test("kinds can be chosen and placeholders set")
  func configuration() {
    let text = "a@b.kr 010-1234-5678"
    #expect(PIIScrubber(kinds: [.email]).scrub(text)?.text == "<EMAIL> 010-1234-5678")
    #expect(PIIScrubber(placeholders: [.phone: "[전화번호]"]).scrub(text)?.text == "<EMAIL> [전화번호]")
  }

  @Test("ranges count Unicode scalars, and matches never overlap")
  func ranges() {
    let matches = PIIScanner().matches(in: "👨‍👩‍👧 가각: 010-1234-5678")
    #expect(matches.map(\.kind) == [.phone])
    #expect(matches.map(\.range) == [10..<23])
  }

  @Test("hostile texts cost linear time")
  func hostile() {
    let start = ContinuousClock.now
    for text in ["@", "1", "1-", "a@", "가로 1 ", "M1", "서울 ", "010-"] {
      let long = String(repeating: text, count: 200_000 / text.unicodeScalars.count)
      _ = PIIScanner().matches(in: long)
    }
    // A quadratic scan of 200,000 scalars would take hours in a debug build.
    #expect(ContinuousClock.now - start < .seconds(60))
  }
}
