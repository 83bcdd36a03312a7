"""The commands about who may use the server."""

from typing import TYPE_CHECKING, Annotated

import typer

from api.core.options import FormatOption
from api.core.output import Format, print_rows, say
from api.core.people import Role

if TYPE_CHECKING:
    from api.people.users import Users

app = typer.Typer()
users_app = typer.Typer(no_args_is_help=True)


@users_app.callback()
def users() -> None:
    """用户: 谁可以用网页和接口、能做什么。

    viewer 只看,editor 可改,admin 还能看操作记录。口令只在添加时显示一次,存的是校验和。
    """


app.add_typer(users_app, name="users")

RoleOption = Annotated[Role, typer.Option("--role", help="viewer 只看、editor 可改、admin 管理")]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="用户名,写进操作记录")]


@users_app.command("add")
def add(name: NameArgument, role: RoleOption = Role.viewer) -> None:
    """添加用户,打印口令: 只有这一次能看到。"""
    key = _users().add(name, role)
    print(key)
    say(f"已添加“{name}”({role.zh})。上面是口令,只显示这一次;用它登录网页,或写进请求头 Authorization: Bearer")


@users_app.command("list")
def show(format: FormatOption = Format.table) -> None:
    """列出用户。"""
    rows = [{"name": user.name, "role": user.role.value, "since": user.since} for user in _users().all()]
    print_rows(rows, format, {"name": "用户", "role": "权限", "since": "添加时间"})


@users_app.command("remove")
def remove(name: NameArgument) -> None:
    """删去用户: 口令立刻不能用,登录着的下一次请求就退出。"""
    users = _users()
    users.remove(name)
    say(f"已删去“{name}”")
    if not users.all():
        say("已没有用户: 开着的服务仍要口令,谁也进不去;请再添加,或重启服务(没有用户和口令时只能在本机用)")


def _users() -> "Users":
    from api.people.users import Users
    from graph.settings import Settings

    return Users(Settings().users)
