"""What a call says, in one sentence of each language; `{name}` is filled in by the reader."""

from wizard.aws.phrases_account import OF_ACCOUNT
from wizard.aws.phrases_balancers import OF_BALANCERS

PHRASES: dict[str, dict[str, str]] = {
    **OF_ACCOUNT,
    **OF_BALANCERS,
    "caller": {"en": "the caller is {principal}", "ja": "呼び出し元は {principal}"},
    "cluster-there": {
        "en": "the cluster {cluster} is in {region}",
        "ja": "クラスター {cluster} は {region} にある",
    },
    "cluster-missing": {
        "en": "there is no cluster {cluster} in {region}; there are: {others}",
        "ja": "{region} にクラスター {cluster} はない。あるもの: {others}",
    },
    "service-missing": {
        "en": "the cluster has no service {service}; it has: {others}",
        "ja": "このクラスターにサービス {service} はない。あるもの: {others}",
    },
    "service-counts": {
        "en": "{service}: {running} of {desired} tasks running",
        "ja": "{service}: 実行中のタスク {running} / 希望数 {desired}",
    },
    "exec-on": {
        "en": "{service} has enableExecuteCommand = true",
        "ja": "{service} は enableExecuteCommand = true",
    },
    "exec-off": {
        "en": "{service} has enableExecuteCommand = false",
        "ja": "{service} は enableExecuteCommand = false",
    },
    "task-exec-on": {
        "en": "the task {task} was started with enableExecuteCommand = true",
        "ja": "タスク {task} は enableExecuteCommand = true で起動された",
    },
    "task-exec-off": {
        "en": "the task {task} was started with enableExecuteCommand = false",
        "ja": "タスク {task} は enableExecuteCommand = false で起動された",
    },
    "tasks-exec-off": {
        "en": "{off} of the {all} tasks of the service were started so",
        "ja": "サービスのタスク {all} 個のうち {off} 個がこの状態で起動された",
    },
    "task-missing": {
        "en": "there is no task {task} in this cluster (it has {count} running or stopped ones)",
        "ja": "このクラスターにタスク {task} はない（実行中・停止済みのタスクは {count} 個）",
    },
    "task-status": {"en": "the task {task} is {status}", "ja": "タスク {task} は {status}"},
    "task-stopped": {
        "en": "the task {task} stopped: {reason}",
        "ja": "タスク {task} の停止理由: {reason}",
    },
    "agent": {
        "en": "the ExecuteCommandAgent of {container} is {status} ({reason})",
        "ja": "{container} の ExecuteCommandAgent は {status}（{reason}）",
    },
    "no-agent": {
        "en": "{container} has no ExecuteCommandAgent",
        "ja": "{container} には ExecuteCommandAgent がない",
    },
    "read-only": {
        "en": "{container} has readonlyRootFilesystem = true",
        "ja": "{container} は readonlyRootFilesystem = true",
    },
    "aws-keys": {
        "en": "{container} sets {keys}",
        "ja": "{container} は {keys} を設定している",
    },
    "container-state": {
        "en": "{container} ended with code {code}: {reason}",
        "ja": "{container} は終了コード {code} で終了: {reason}",
    },
    "log-options": {"en": "{container}: {problem}", "ja": "{container}: {problem}"},
    "no-execution-role": {
        "en": "the task definition names no executionRoleArn",
        "ja": "タスク定義に executionRoleArn がない",
    },
    "no-task-role": {
        "en": "the task definition names no taskRoleArn",
        "ja": "タスク定義に taskRoleArn がない",
    },
    "role-missing": {"en": "there is no role {role}", "ja": "ロール {role} は存在しない"},
    "role-trusted": {
        "en": "{role} trusts {by}",
        "ja": "{role} は {by} を信頼している",
    },
    "role-not-trusted": {
        "en": "the trust policy of {role} does not let {by} assume it",
        "ja": "{role} の信頼ポリシーは {by} による引き受けを許可していない",
    },
    "actions-missing": {
        "en": "no policy of {who} allows {actions}",
        "ja": "{who} のどのポリシーも {actions} を許可していない",
    },
    "actions-denied": {
        "en": "{actions} is refused to {who} by: {by}",
        "ja": "{who} の {actions} は {by} により拒否される",
    },
    "may": {"en": "{who} is allowed {actions}", "ja": "{who} には {actions} が許可されている"},
    "actions-allowed": {
        "en": "{who} is allowed all that is needed here",
        "ja": "{who} には必要な操作がすべて許可されている",
    },
    "policies-allow": {
        "en": "the policies of {who} allow all that is needed here; whether an organization's (SCP)"
        " or a session's policy denies it was not seen",
        "ja": "{who} のポリシーは必要な操作をすべて許可している"
        "（SCP やセッションポリシーによる拒否の有無は確認できていない）",
    },
    "repository-there": {
        "en": "the repository {repository} is there",
        "ja": "リポジトリ {repository} は存在する",
    },
    "repository-missing": {
        "en": "there is no repository {repository} in this registry",
        "ja": "このレジストリにリポジトリ {repository} はない",
    },
    "image-missing": {"en": "there is no image {image}", "ja": "イメージ {image} は存在しない"},
    "platforms": {
        "en": "{image} is built for {has}; the task runs {wanted}",
        "ja": "{image} は {has} 用。タスクは {wanted} で動く",
    },
    "unreachable": {
        "en": "this machine does not reach the endpoints of {services}",
        "ja": "このマシンから {services} のエンドポイントに到達できない",
    },
    "pushes-as": {"en": "the push runs as {user}", "ja": "プッシュは {user} として実行される"},
    "format-error": {
        "en": "{container} ended with `exec format error`; the task runs {wanted}",
        "ja": "{container} は `exec format error` で終了した。タスクは {wanted} で動く",
    },
    "refused-abroad": {
        "en": "ECR refused {repository} with 403, although {role} is allowed to pull it",
        "ja": "{role} には許可があるが、ECR は {repository} を 403 で拒否した",
    },
    "log-group-there": {
        "en": "the log group {group} is in {region}",
        "ja": "ロググループ {group} は {region} にある",
    },
    "log-group-missing": {
        "en": "there is no log group {group} in {region}",
        "ja": "{region} にロググループ {group} はない",
    },
    "secret-problem": {"en": "{secret}: {problem}", "ja": "{secret}: {problem}"},
    "secret-well": {"en": "{secret} is there", "ja": "{secret} は存在する"},
    "file-problem": {"en": "{file}: {problem}", "ja": "{file}: {problem}"},
    "said": {"en": "AWS says: {text}", "ja": "AWS のメッセージ: {text}"},
    "session-setting": {
        "en": "the cluster's session settings name {thing}: {problem}",
        "ja": "クラスターのセッション設定に {thing} が指定されている: {problem}",
    },
    "run-as": {
        "en": "Session Manager's preferences run sessions as {user}",
        "ja": "Session Manager の設定では、セッションを {user} として実行する",
    },
    "definition-inactive": {
        "en": "the task definition {definition} is INACTIVE or gone",
        "ja": "タスク定義 {definition} は INACTIVE か、存在しない",
    },
    "percentages": {
        "en": "minimum {low} %, maximum {high} % of {desired} tasks",
        "ja": "希望数 {desired} に対し最小 {low} %、最大 {high} %",
    },
    "docker-up": {"en": "the docker daemon answers", "ja": "Docker デーモンは応答する"},
    "docker-down": {
        "en": "the docker daemon does not answer",
        "ja": "Docker デーモンが応答しない",
    },
    "docker-denied": {
        "en": "this user may not open the docker socket",
        "ja": "このユーザーは Docker ソケットを開けない",
    },
    "docker-absent": {
        "en": "docker is not installed here",
        "ja": "このマシンに Docker はインストールされていない",
    },
    "plugin-there": {
        "en": "session-manager-plugin is installed ({path})",
        "ja": "session-manager-plugin はインストール済み（{path}）",
    },
    "plugin-missing": {
        "en": "there is no session-manager-plugin on the PATH",
        "ja": "PATH に session-manager-plugin がない",
    },
    "cli-version": {"en": "the AWS CLI is {version}", "ja": "AWS CLI は {version}"},
    "clock": {
        "en": "this machine's clock differs from AWS's by {seconds} s",
        "ja": "このマシンの時計と AWS の時計の差は {seconds} 秒",
    },
    "logged-in": {
        "en": "the docker configuration of {users} holds a login for {registry}",
        "ja": "{users} の Docker 設定に {registry} へのログインがある",
    },
    "not-logged-in": {
        "en": "no readable docker configuration holds a login for {registry}",
        "ja": "読み取れる Docker 設定のどれにも {registry} へのログインがない",
    },
    "logged-in-elsewhere": {
        "en": "there are logins for {registry}",
        "ja": "{registry} へのログインがある",
    },
    "helper-missing": {
        "en": "docker's configuration asks for {program}, which is not on the PATH",
        "ja": "docker の設定が {program} を指定しているが、PATH に存在しない",
    },
    "logins-hidden": {
        "en": "the docker configuration of {users} cannot be read by this user",
        "ja": "{users} の Docker 設定はこのユーザーでは読み取れない",
    },
    # What stands in a way: one sentence for each kind of obstacle.
    "no-endpoint": {
        "en": "{vpc} has no endpoint for {service}",
        "ja": "{vpc} に {service} のエンドポイントがない",
    },
    "no-endpoint-open": {
        "en": "whether {vpc} has an endpoint for {service} could not be read",
        "ja": "{vpc} に {service} のエンドポイントがあるかどうかは読み取れなかった",
    },
    "no-default-route": {
        "en": "{route_table} has no default route",
        "ja": "{route_table} にデフォルトルートがない",
    },
    "route": {
        "en": "{route_table} sends {destination} to {target} ({state})",
        "ja": "{route_table} は {destination} を {target} に送る（{state}）",
    },
    "target-state": {"en": "{target} is: {state}", "ja": "{target} の状態: {state}"},
    "stands-in": {
        "en": "{zone} of {vpc} may answer the name instead; where it leads is not seen from here",
        "ja": "{vpc} の {zone} が代わりに名前解決する可能性がある。宛先はここからは確認できない",
    },
    "own-resolvers": {
        "en": "the VPC asks DNS servers of its own: {servers}",
        "ja": "VPC は独自の DNS サーバー {servers} を使用している",
    },
    "no-public-ip": {
        "en": "assignPublicIp is DISABLED, and {subnet} goes out by an internet gateway",
        "ja": "assignPublicIp が DISABLED で、{subnet} の出口はインターネットゲートウェイ",
    },
    "endpoint-state": {
        "en": "{endpoint} for {service} is {state}",
        "ja": "{service} の {endpoint} は {state}",
    },
    "private-dns-off": {
        "en": "{endpoint} for {service} has private DNS off",
        "ja": "{service} の {endpoint} はプライベート DNS が無効",
    },
    "vpc-dns-off": {"en": "{vpc} has {attribute} off", "ja": "{vpc} は {attribute} が無効"},
    "endpoint-group": {
        "en": "no group of {endpoint} ({groups}) admits port 443 from {task_group}",
        "ja": "{endpoint} のグループ（{groups}）は {task_group} からのポート 443 を許可していない",
    },
    "endpoint-group-open": {
        "en": "whether a group of {endpoint} admits port 443 from {task_group} is not known",
        "ja": "{endpoint} のグループが {task_group} からのポート 443 を許可しているかは不明",
    },
    "endpoint-policy": {
        "en": "the policy of {endpoint} shuts out {actions} {resources}",
        "ja": "{endpoint} のポリシーが {actions} {resources} を許可していない",
    },
    "endpoint-policy-open": {
        "en": "whether the policy of {endpoint} lets {actions} {resources} through is not known",
        "ja": "{endpoint} のポリシーが {actions} {resources} を許可しているかどうかは判断できない",
    },
    "not-associated": {
        "en": "{endpoint} is not in {route_table}",
        "ja": "{endpoint} は {route_table} に関連付けられていない",
    },
    "egress-closed": {
        "en": "no rule of {groups} lets port {port} out",
        "ja": "{groups} のどのルールもポート {port} の送信を許可していない",
    },
    "acl": {
        "en": "{acl} drops the traffic of {subnet} ({direction}), rule {rule}",
        "ja": "{acl} が {subnet} の通信を遮断（{direction}）、ルール {rule}",
    },
    "subnet-free": {
        "en": "{subnet} has {free} free addresses",
        "ja": "{subnet} の空きアドレスは {free} 個",
    },
    "way-open": {
        "en": "{service} can be reached by {way}",
        "ja": "{service} には {way} で到達できる",
    },
    "way-unverified": {
        "en": "{service}: there is a way by {way}, whose further course cannot be seen from here",
        "ja": "{service}: {way} による経路はあるが、その先はここからは確認できない",
    },
}
