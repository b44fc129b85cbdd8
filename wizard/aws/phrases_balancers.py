"""What calls say of load balancers, their target groups and their way to the task."""

OF_BALANCERS: dict[str, dict[str, str]] = {
    "target-group": {
        "en": "{group} has target type {type}, port {port}, health check {check}",
        "ja": "{group} はターゲットタイプ {type}、ポート {port}、ヘルスチェック {check}",
    },
    "target-health": {
        "en": "{group}: {healthy} of {all} targets healthy ({reasons})",
        "ja": "{group}: 正常なターゲット {healthy} / {all}（{reasons}）",
    },
    "grace-period": {
        "en": "{service} ignores the health of a new task for {seconds} s",
        "ja": "{service} は新しいタスクのヘルスチェックを {seconds} 秒間無視する",
    },
    "zone-not-enabled": {
        "en": "{subnet} is in {zone}; the load balancer is enabled in {zones} only",
        "ja": "{subnet} は {zone} にあるが、ロードバランサーが有効なのは {zones} だけ",
    },
    "group-closed": {
        "en": "no group of the task ({groups}) admits port {port} from the load balancer",
        "ja": "タスクのグループ（{groups}）はロードバランサーからのポート {port} を許可していない",
    },
    "group-closed-partly": {
        "en": "the groups of the task ({groups}) admit port {port} from some of the load balancer's"
        " subnets only",
        "ja": "タスクのグループ（{groups}）はロードバランサーの一部のサブネットからのみ"
        "ポート {port} を許可している",
    },
    "balancer-closed": {
        "en": "no group of the load balancer ({groups}) lets port {port} out to the task",
        "ja": "ロードバランサーのグループ（{groups}）はタスクへのポート {port} を許可していない",
    },
    "acl-there": {
        "en": "{acl} of {subnet} (rule {rule}) drops the load balancer's way to port {port}",
        "ja": "{subnet} の {acl}（ルール {rule}）がロードバランサーからのポート {port} を遮断",
    },
    "acl-back": {
        "en": "{acl} of {subnet} (rule {rule}) drops the answers to the load balancer",
        "ja": "{subnet} の {acl}（ルール {rule}）がロードバランサーへの応答を遮断",
    },
}
