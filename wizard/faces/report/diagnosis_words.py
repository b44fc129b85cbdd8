"""The words of a diagnosis's report, in both languages."""

WORDS: dict[str, dict[str, str]] = {
    "seen": {"en": "Seen:", "ja": "検出:"},
    "predicted": {"en": "would be the next error", "ja": "次に起きるエラー"},
    "by-hand": {"en": "By hand:", "ja": "手動での対処:"},
    "possible": {
        "en": "Possible as well, for too little could be read:",
        "ja": "読み取れない情報があるため、次の可能性も残ります:",
    },
    "ruled-out": {"en": "Ruled out:", "ja": "除外した原因:"},
    "checked": {
        "en": "{count} other causes were looked for and refuted by what was read.",
        "ja": "ほかに {count} 件の原因を調べ、読み取った内容により否定しました。",
    },
    "unchecked": {
        "en": "Could not be decided from here:",
        "ja": "ここからは判断できなかった原因:",
    },
    "unread": {"en": "Not read:", "ja": "読み取れなかった呼び出し:"},
    "notice": {"en": "Worth knowing:", "ja": "参考:"},
    "cost": {
        "en": "{calls} calls, {trips} round trips, {seconds} s",
        "ja": "呼び出し {calls} 回、往復 {trips} 回、{seconds} 秒",
    },
    "well": {
        "en": "nothing wrong was found",
        "ja": "問題は見つかりませんでした",
    },
    "well-as-far": {
        "en": "nothing wrong was found as far as it could be read",
        "ja": "読み取れた範囲では問題は見つかりませんでした",
    },
    "blind": {
        "en": "it could not be read, so nothing can be said",
        "ja": "読み取れなかったため、何も判断できません",
    },
    "no-clusters": {
        "en": "There is no cluster in this region.",
        "ja": "このリージョンにはクラスターがありません。",
    },
    "no-services": {"en": "no service", "ja": "サービスなし"},
    "clusters": {"en": "{count} clusters", "ja": "クラスター {count} 個"},
    "broken": {
        "en": "{count} of {of} services have a problem",
        "ja": "{of} 個のサービスのうち {count} 個に問題があります",
    },
    "none-broken": {
        "en": "no problem was found in {of} services",
        "ja": "{of} 個のサービスに問題は見つかりませんでした",
    },
    "blind-count": {
        "en": "{count} could not be read",
        "ja": "{count} 個は読み取れませんでした",
    },
    "aside": {"en": " ({text})", "ja": "（{text}）"},
    "comma": {"en": ", ", "ja": "、"},
    "concerns": {"en": "Concerns {count}:", "ja": "該当 {count} 件:"},
    "checked-each": {
        "en": "{count} causes were looked for at each service and refuted by what was read.",
        "ja": "サービスごとに {count} 件の原因を調べ、読み取った内容により否定しました。",
    },
    "look-closer": {
        "en": "All about one of them: diagnose --cluster NAME --service NAME",
        "ja": "1 つのサービスの詳細: diagnose --cluster NAME --service NAME",
    },
    "trouble": {
        "en": "{confirmed} proven, {suspected} suspected",
        "ja": "確定 {confirmed} 件、疑い {suspected} 件",
    },
    "status-confirmed": {"en": "proven", "ja": "確定"},
    "status-suspected": {"en": "suspected", "ja": "疑い"},
    "status-unknown": {"en": "not known", "ja": "不明"},
    "status-ruled-out": {"en": "ruled out", "ja": "除外"},
    "report-title": {"en": "Diagnosis of ECS on Fargate", "ja": "ECS on Fargate の診断"},
    "target": {"en": "Target", "ja": "対象"},
    "verdict": {"en": "Verdict", "ja": "結果"},
}
