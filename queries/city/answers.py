"""The shapes of what a city's office keeps: projects with their steps, tasks with their dues, who answers for what."""

from pydantic import Field

from queries.core.answers import Answer, Named, Term, Thing


class ListName(Term):
    """The four lists of work of a chain; those of 卡位入链 are others."""

    task = "重点任务"
    construction = "重点建设项目"
    investment = "重点招商项目"
    problem = "需协调解决问题"


class TaskState(Term):
    """How far an item of work is."""

    going = "在办"
    blocked = "受阻"
    done = "已完成"
    dropped = "已取消"


class Duty(Term):
    """As what somebody answers for a chain."""

    head = "链长"
    deputy = "副链长"
    lead = "牵头部门"
    team = "产业专班"
    district = "区(市)或功能区"
    resources = "要素部门"
    secretariat = "秘书处"
    other = "其他"


class WorkItem(Answer):
    """An item of one of the four lists of work, judged by a day: a due that names a month is over with its last day."""

    id: str
    name: str
    chains: list[Named]
    list_name: ListName | None = Field(description="null: not written on which list")
    owner: str = Field(description="as it is written, or the agencies that answer for it")
    owners: list[Named] = Field(description="agencies of the graph that answer for it")
    due: str | None
    days: int | None = Field(description="to its last day, negative when that is over; null without a due or when done")
    state: TaskState
    said: str | None = Field(description="the state as it is written")
    overdue: bool
    soon: bool = Field(description="due within the days of the rules, today among them")
    blocked: bool = Field(description="it does not move, or an open item holds it up")
    blocks: list[Thing] = Field(description="what it holds up: segments, firms, projects, other items")
    blocked_by: list[Named] = Field(description="open items that hold it up")
    status: str
    source: str
    place: str | None

    @property
    def open(self) -> bool:
        """Tell whether there is still something to do."""
        return self.state in (TaskState.going, TaskState.blocked)


class ProjectStep(Answer):
    """A dated step of a project, and who reports it; of a signing at an event, that event."""

    stage: str
    on: str | None
    by: str | None
    status: str
    source: str
    place: str | None


class ProjectRow(Answer):
    """A project: how far it is, its amount, its dates, where it is and what it fills."""

    id: str
    name: str
    stage: str | None = Field(description="the furthest of what is recorded and of its steps")
    since: str | None = Field(description="since when, where that step has a date")
    signed_on: str | None = Field(description="the day of its first dated step 签约")
    expected_on: str | None
    amount: float | None
    currency: str | None
    amount_original: str | None
    yuan: float | None = Field(description="null: no amount, no currency, or no rate is stated for it: not comparable")
    flagship: bool | None = Field(description="行业引领性; null: not known")
    steps: list[ProjectStep] = Field(description="by date, those without one last")
    chains: list[Named]
    regions: list[Named]
    segments: list[Named] = Field(description="the segments that it fills")
    investors: list[Named]
    status: str
    source: str
    place: str | None


class Post(Answer):
    """Who answers for something, as what, since when and until when."""

    duty: Duty
    role: str = Field(description="as it is written")
    agency: Named
    collective: bool = Field(description="a kind of office, nobody by name")
    subject: Thing
    since: str | None
    until: str | None
    current: bool = Field(description="on the day that is asked for")
    status: str
    source: str
    place: str | None


class Ring(Term):
    """How far away a firm is, seen from the chain's city."""

    local = "本地"
    circle = "周边城市"
    province = "本省"
    country = "国内"
    abroad = "境外"
    unknown = "不明"
