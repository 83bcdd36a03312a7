"""Edge types of what goes on and where: projects, parks and regions, who answers
for what and who takes part, what figures and surveys are about."""

from graph.model.base import ANY, Edge, column
from graph.model.edges import joins
from graph.model.kinds import OptText


class Fills(Edge):
    """项目填补环节."""

    table = joins(
        "项目填补",
        ("Project", "Segment"),
        columns=(("project", "项目"), ("segment", "填补环节")),
        words=("填补环节", "填补本环节的项目"),
    )


class InvestsIn(Edge):
    """企业投资项目."""

    table = joins(
        "投资",
        ("Enterprise", "Project"),
        columns=(("enterprise", "投资方"), ("project", "项目")),
        words=("投资项目", "投资方"),
    )


class SignedAt(Edge):
    """项目在活动上签约."""

    table = joins(
        "签约",
        ("Project", "Event"),
        columns=(("project", "项目"), ("event", "签约活动")),
        words=("签约活动", "签约项目"),
    )


class InPark(Edge):
    """位于园区."""

    table = joins("入驻园区", columns=(("subject", "对象"), ("park", "园区")), words=("所在园区", "入驻的企业与项目"))


class LocatedIn(Edge):
    """位于区域."""

    table = joins(
        "所在区域", columns=(("subject", "对象"), ("region", "区域")), words=("所在区域", "位于本区域的企业、项目等")
    )


class ResponsibleFor(Edge):
    """谁负责什么: a chain head, leading department, task force, district or resource department and its charge."""

    table = joins(
        "责任分工",
        *(
            ("Agency", label)
            for label in ("Chain", "Mechanism", "Project", "Task", "Platform", "Centre", "Scenario", "Event")
        ),
        columns=(("agency", "部门"), ("subject", "负责对象")),
        key=("role",),
        words=("负责", "负责单位"),
    )
    role: OptText = column("角色", "职责", hint="链长、副链长、牵头部门、产业专班、区(市)、要素部门、秘书处")


class ParticipatesIn(Edge):
    """参与: in a project, an event, a platform, a park, a scenario or an instrument."""

    table = joins(
        "参与",
        *(
            (who, what)
            for who in ("Enterprise", "Institute", "Agency")
            for what in ("Project", "Event", "Platform", "Cluster", "Scenario", "Mechanism", "Park", "Centre")
        ),
        columns=(("participant", "参与方"), ("subject", "参与对象")),
        key=("role",),
        words=("参与", "参与方"),
    )
    role: OptText = column("角色")


class Posts(Edge):
    """发榜."""

    table = joins(
        "发榜",
        ("Enterprise", "Challenge"),
        columns=(("enterprise", "发榜方"), ("challenge", "榜单")),
        words=("发榜", "发榜方"),
    )


class TakesUp(Edge):
    """揭榜."""

    table = joins(
        "揭榜",
        ("Enterprise", "Challenge"),
        ("Institute", "Challenge"),
        columns=(("participant", "揭榜方"), ("challenge", "榜单")),
        words=("揭榜", "揭榜方"),
    )


class About(Edge):
    """数据的对象."""

    table = joins(
        "数据对象",
        ("Statement", ANY),
        columns=(("statement", "数据"), ("subject", "对象")),
        words=("数据对象", "公布数据"),
    )


class Covers(Edge):
    """覆盖记录覆盖的环节、产品与区域."""

    table = joins(
        "覆盖",
        ("Coverage", "Segment"),
        ("Coverage", "Product"),
        ("Coverage", "Region"),
        columns=(("coverage", "覆盖记录"), ("subject", "对象")),
        words=("覆盖", "覆盖记录"),
    )
