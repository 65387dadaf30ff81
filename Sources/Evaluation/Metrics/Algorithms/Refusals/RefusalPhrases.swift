/// The phrases that `RefusalDetector` takes for a refusal unless it is given others.
public enum RefusalPhrases {
  /// English and Korean.
  public static let standard = english + korean

  /// `I cannot help …` in all its combinations, and what else refusals say of themselves.
  public static let english: [String] =
    pairs(
      [
        "i cannot", "i am unable to", "i am not able to", "i will not", "i am not going to",
        "i would not be able to", "i will not be able to", "i am not allowed to",
        "i am not permitted to", "i can no longer", "we cannot", "we are unable to",
      ],
      [
        "help", "assist", "provide", "fulfill", "fulfil", "comply", "create", "generate", "write",
        "answer", "share", "give", "offer", "discuss", "support", "do that", "do this", "engage",
        "participate", "produce", "facilitate", "advise", "continue with", "respond to",
      ]) + [
      "i cannot in good conscience", "i cannot and will not", "i must decline", "i have to decline",
      "i need to decline", "i respectfully decline", "i must refuse", "i refuse to", "i decline to",
      "i have to refuse", "i am not comfortable", "i do not feel comfortable",
      "i would not feel comfortable", "not something i can", "not something i am able to",
      "as an ai * cannot", "as an ai * not able to", "as an ai * do not have",
      "as a language model * cannot", "as a language model * not able to", "against my guidelines",
      "against my programming", "violates my guidelines", "my guidelines * not allow",
      "^sorry * i cannot", "^i am sorry * i cannot", "^i apologize * i cannot",
      "^unfortunately * i cannot", "^i am afraid i cannot", "^i am afraid that i cannot",
    ]

  /// `도와드릴 수 없습니다`, `답변하기 어렵습니다` and the like.
  public static let korean: [String] =
    pairs(
      [
        "도와드릴", "도와줄", "도울", "도움을 드릴", "도움을 줄", "도움드릴", "답변드릴", "답변을 드릴", "답변할",
        "답변해 드릴", "답해 드릴", "답할", "대답할", "대답해 드릴", "알려드릴", "알려줄", "제공할", "제공해 드릴",
        "제공드릴", "말씀드릴", "말씀해 드릴", "작성할", "작성해 드릴", "작성해 줄", "생성할", "생성해 드릴",
        "만들어 드릴", "만들어 줄", "써 드릴", "써 줄", "응할", "응해 드릴", "들어드릴", "들어줄", "수행할",
        "처리해 드릴", "안내해 드릴", "안내드릴", "설명해 드릴", "추천해 드릴", "공유할", "공유해 드릴", "지원할",
        "지원해 드릴", "협조할",
      ], ["수 없", "수는 없", "수가 없"])
    + pairs(
      [
        "도와드리기", "도움을 드리기", "도움드리기", "답변드리기", "답변을 드리기", "답변하기", "답하기", "대답하기",
        "알려드리기", "제공하기", "제공해 드리기", "말씀드리기", "작성하기", "작성해 드리기", "응하기", "안내드리기",
        "안내해 드리기", "설명드리기",
      ], ["어렵", "어려", "힘들", "곤란"]) + [
      "죄송하지만 * 수 없", "죄송합니다만 * 수 없", "죄송하지만 * 어렵습니다", "죄송합니다만 * 어렵습니다",
      "유감이지만 * 수 없", "유감스럽지만 * 수 없", "아쉽지만 * 도와", "거절하겠", "거절할 수밖에", "거절해야",
      "거부하겠", "사양하겠", "정책에 위배", "정책에 어긋", "정책상 * 수 없", "정책상 * 어렵", "지침에 위배",
      "지침에 어긋", "가이드라인에 위배", "AI로서 * 수 없", "AI로서 * 않습니다", "인공지능으로서 * 수 없",
      "언어 모델로서 * 수 없", "언어모델로서 * 수 없", "해당 요청은 * 수 없", "그런 요청은 * 수 없",
      "이 요청은 * 수 없",
    ]

  private static func pairs(_ openings: [String], _ endings: [String]) -> [String] {
    openings.flatMap { opening in endings.map { opening + " " + $0 } }
  }
}
