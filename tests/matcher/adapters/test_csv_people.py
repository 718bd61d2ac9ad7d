from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from services.events.facts import DeviceInterest, DeviceLived, LifeStage, Must, Spoken, Window
from services.matcher.adapters.csv_columns import MENTEE_COLUMNS
from services.matcher.adapters.csv_people import read_mentees, read_mentors, unknown_columns
from services.matcher.adapters.people_columns import Columns

AT = datetime(2030, 1, 30, 12, tzinfo=UTC)


def a_file(folder: Path, text: str, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def test_a_mentee_is_read_with_every_column(tmp_path: Path) -> None:
    read = read_mentees(
        a_file(
            tmp_path,
            "id,languages,relation,diabetes_type,devices,life_stages,availability,time_zone,musts,never_met_a_peer,waiting_since\n"
            "sam,es:native; en,self,t1d,cgm_rt:starting:dexcom_g7,pregnant:2030-05-01,mon 18:00-20:30; sun 9:00-24:00,"
            "Europe/Madrid,gender:woman,yes,2030-01-02\n",
        ),
        AT,
    )
    (mentee,) = read.people
    facts = mentee.facts
    assert (mentee.id, read.faults) == ("sam", ())
    assert facts.languages == (Spoken(tag="es", level="native"), Spoken(tag="en", level="fluent"))
    assert facts.devices == (DeviceInterest(device_class="cgm_rt", stage="starting", model="dexcom_g7"),)
    assert facts.life_stages == (LifeStage(code="pregnant", until=date(2030, 5, 1)),)
    assert facts.availability == (Window(day="mon", start=1080, end=1230), Window(day="sun", start=540, end=1440))
    assert facts.musts == (Must(criterion="gender", value="woman"),)
    assert facts.never_met_a_peer
    assert facts.waiting_since == datetime(2030, 1, 2, tzinfo=UTC)


def test_a_mentor_in_the_file_counts_as_approved_and_trained_unless_it_says_otherwise(tmp_path: Path) -> None:
    text = (
        "id,languages,relations,diabetes_types,devices,capacity,approved,trained_until\n"
        "kim,en,self;parent,t1d,diy_aid:loop:2020-01:2024-06,3,,\n"
        "jo,en,self,t1d,,,no,2029-01-01\n"
    )
    kim, jo = read_mentors(a_file(tmp_path, text), AT).people
    assert kim.facts.devices == (DeviceLived(device_class="diy_aid", model="loop", since="2020-01", until="2024-06"),)
    assert (kim.facts.capacity, kim.facts.approved, kim.facts.trained_until) == (3, True, date(2031, 12, 31))
    assert (jo.facts.capacity, jo.facts.approved, jo.facts.trained_until) == (1, False, date(2029, 1, 1))


def test_a_file_as_a_spreadsheet_writes_it(tmp_path: Path) -> None:
    text = '\ufeffid;languages;relation;diabetes_type\r\nsam;"es;en";self;t1d\r\n;;;\r\n'
    (mentee,) = read_mentees(a_file(tmp_path, text), AT).people
    assert [one.tag for one in mentee.facts.languages] == ["es", "en"]


@pytest.mark.parametrize(
    "text",
    [
        "id,languages,relation,diabetes_type,topics,topics_\n",
        'id,languages,relation,diabetes_type,\n"sam\nthe second",en,self,t1d,x\n',
    ],
)
def test_a_column_too_many_is_refused(tmp_path: Path, text: str) -> None:
    assert read_mentees(a_file(tmp_path, text), AT).faults


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nid;languages;relation;diabetes_type\nsam;es,fr;self;t1d\nkim;en;self;t1d\n",
        '"id (a, b, c, d)";languages;relation;diabetes_type\nsam;en;self;t1d\nkim;en;self;t1d\n',
        "id\tlanguages\trelation\tdiabetes_type\r\nsam\ten\tself\tt1d\r\nkim\ten\tself\tt1d\r\n",
        "\n\n id , LANGUAGES,Relation,Diabetes Type,,\nsam,en,self,t1d,,\nkim,en,self,t1d,,,,\n",
        'id,languages,relation,diabetes_type\n"sam",en,"se\nlf",t1d\nkim,en,self,t1d\n',
        "id,languages,relation,diabetes_type\nsam\u2028,en,self,t1d\nkim,en,self,t1d\n",
    ],
)
def test_a_file_as_other_programs_write_it(tmp_path: Path, text: str) -> None:
    named = Columns({"id (a, b, c, d)": "id"})
    text = text.replace("es,fr", "es")
    read = read_mentees(a_file(tmp_path, text), AT, named)
    assert read.faults == ()
    assert [one.id for one in read.people] == ["sam", "kim"]


def test_names_of_columns_are_compared_loosely(tmp_path: Path) -> None:
    head = "ID,Language,Relations,diabetes-types,MattersMost,Waiting  since\n"
    (mentee,) = read_mentees(a_file(tmp_path, f"{head}sam,en,self,t1d,topics,2030-01-02\n"), AT).people
    assert mentee.facts.diabetes_type == "t1d"
    assert mentee.facts.matters_most == ("topics",)
    assert mentee.facts.waiting_since == datetime(2030, 1, 2, tzinfo=UTC)
    (mentor,) = read_mentors(
        a_file(tmp_path, "id,language,relation,diabetes_type,topic\nkim,en,self,t1d,food\n"), AT
    ).people
    assert (mentor.facts.relations, mentor.facts.topics) == (("self",), ("food",))


def test_unknown_columns_are_one_fault_that_lists_ours_once(tmp_path: Path) -> None:
    text = "id,languages,relation,diabetes_type,Grade,Organisation,,Profession\nsam,en,self,t1d,7,HQ,,Policy\n"
    (fault,) = read_mentees(a_file(tmp_path, text), AT).faults
    assert (fault.line, fault.column) == (1, "Grade, Organisation, column 7, Profession")
    assert fault.message.startswith("are not columns of mentees. Say what each is (--map")
    assert fault.message.endswith(f"The columns are: id, {', '.join(MENTEE_COLUMNS)}")
    read = read_mentees(a_file(tmp_path, text), AT, Columns(ignore_unknown=True))
    assert ([one.id for one in read.people], read.faults) == (["sam"], ())


def test_columns_are_renamed_and_empty_cells_get_defaults(tmp_path: Path) -> None:
    wanted = Columns({"e-mail": "ID", "I am ...": "relation"}, defaults={"diabetes type": "t1d", "languages": "en"})
    text = "E-mail,I am,languages\na@example.org,self,\nb@example.org,My child has diabetes,es\n"
    one, other = read_mentees(a_file(tmp_path, text), AT, wanted).people
    assert (one.id, one.facts.relation, one.facts.diabetes_type) == ("a@example.org", "self", "t1d")
    assert [two.facts.languages[0].tag for two in (one, other)] == ["en", "es"]
    assert other.facts.relation == "parent"
    assert unknown_columns(wanted) == []


def test_two_columns_that_come_to_one_are_refused(tmp_path: Path) -> None:
    text = "id,languages,relation,diabetes_type,Job,topics\nsam,en,self,t1d,work,food\n"
    (fault,) = read_mentees(a_file(tmp_path, text), AT, Columns({"job": "topics"})).faults
    assert (fault.column, fault.message) == ("topics", "is there twice, as 'Job' and 'topics'")


def test_an_unreadable_default_is_a_fault_of_every_line(tmp_path: Path) -> None:
    text = "id,languages,diabetes_type\nsam,en,t1d\nkim,en,t1d\n"
    faults = read_mentees(a_file(tmp_path, text), AT, Columns(defaults={"relation": "friend"})).faults
    assert [(one.line, one.column) for one in faults] == [(2, "relation"), (3, "relation")]


def test_labels_in_every_language_are_read_beside_codes(tmp_path: Path) -> None:
    head = "id,languages,relation,diabetes_type,topics,availability,gender,minor,musts,life_stages\n"
    rows = [
        "en,English: Mother tongue,i live with diabetes,TYPE 1,Food; Night time,Monday 18:00-20:30,Woman,No,"
        "Gender: Woman,Pregnant: 2030-05-01",
        "es,Espanol: Lengua materna,Vivo con diabetes,Tipo 1,food; Las noches,lunes 18:00-20:30,Mujer,no,género: mujer,"
        "pregnant:2030-05-01",
        "fr,anglais : langue maternelle,self,Type 1,Alimentation; night_time,lundi 18:00-20:30,Femme,Non,gender:femme,"
        "pregnant:2030-05-01",
        "ar,الإنجليزية: اللغة الأم,أعيش مع السكري,النوع الأول,الطعام; الليل,الاثنين 18:00-20:30,امرأة,لا,gender:woman,"
        "الحمل:2030-05-01",
    ]
    read = read_mentees(a_file(tmp_path, head + "\n".join(rows)), AT)
    assert read.faults == ()
    told = [
        (one.facts.relation, one.facts.diabetes_type, one.facts.gender, one.facts.minor, one.facts.musts)
        for one in read.people
    ]
    assert told == [("self", "t1d", "woman", False, (Must(criterion="gender", value="woman"),))] * 4
    for one in read.people:
        assert {"food", "night_time"} == set(one.facts.topics)
        assert one.facts.availability == (Window(day="mon", start=1080, end=1230),)
        assert one.facts.life_stages == (LifeStage(code="pregnant", until=date(2030, 5, 1)),)
    assert [one.facts.languages for one in read.people] == [
        (Spoken(tag=tag, level="native"),) for tag in ("en", "es", "en", "en")
    ]


@pytest.mark.parametrize(
    ("cells", "column", "says"),
    [
        ("sam,english please,self,t1d", "languages", "a tag such as en"),
        ("sam,en:excellent,self,t1d", "languages", "nearest: "),
        ("sam,en,self,type9", "diabetes_type", "nearest: "),
        ("sam,en,mother,t1d", "relation", "nearest: "),
        ("sam,,self,t1d", "languages", "needed"),
        ("sam,en,self,t1d,evenings", "availability", "mon 18:00-20:30"),
        ("sam,en,self,t1d,mon 20:00-18:00", "availability", "ends before it starts"),
        ("sam,en,self,t1d,mon 20:00-25:00", "availability", "a day goes from 0:00 to 24:00"),
        ("sam,en,self,t1d,,May 2026", "diagnosed", "2026-05"),
        ("sam,en,self,t1d,,,gender", "musts", "criterion:value"),
        ("sam,en,self,t1d,,,gender:wooman", "musts", "nearest: woman"),
        ("sam,en,self,t1d,,,language:english please", "musts", "tag such as en"),
        ("sam,en,self,t1d,,,shoe_size:44", "musts", "nearest: "),
        ("sam,en,self,t1d,,,,perhaps", "minor", "neither yes nor no"),
        ("sam,en,self,t1d,,,,,Middle Earth", "time_zone", "Europe/London"),
        ("sam,en,self,t1d,,,,,,too much", "", "more cells"),
    ],
)
def test_a_cell_that_cannot_be_read_names_its_line_and_what_to_write(
    tmp_path: Path, cells: str, column: str, says: str
) -> None:
    header = "id,languages,relation,diabetes_type,availability,diagnosed,musts,minor,time_zone\n"
    read = read_mentees(a_file(tmp_path, f"{header}kim,en,self,t1d\n{cells}\n"), AT)
    assert read.people == ()
    assert [(fault.line, fault.column) for fault in read.faults] == [(3, column)]
    assert says in read.faults[0].message


def test_conditions_with_values_that_exist_are_read(tmp_path: Path) -> None:
    told = "gender:woman; gender:non_binary; relation:any; language:es-MX; device_class:diy_aid; device_model:loop"
    head = "id,languages,relation,diabetes_type,musts\n"
    (mentee,) = read_mentees(a_file(tmp_path, f"{head}sam,es,self,t1d,{told}\n"), AT).people
    assert [f"{one.criterion}:{one.value}" for one in mentee.facts.musts] == told.split("; ")


def test_faults_of_the_header_and_of_lines_are_reported_together(tmp_path: Path) -> None:
    text = "id,languages,diabetes_type,a1c\nsam,en,t1d,7\nkim,xx-,t9d,\nlee\n"
    faults = read_mentees(a_file(tmp_path, text), AT).faults
    assert [(one.line, one.column) for one in faults] == [
        (1, "a1c"),
        (1, "relation"),
        (3, "languages"),
        (3, "diabetes_type"),
        (4, "languages"),
        (4, "diabetes_type"),
    ], "a column that is missing is told once, not for each line"


def test_all_faults_of_a_file_are_reported_at_once(tmp_path: Path) -> None:
    text = "id,languages,relation,diabetes_type\nsam,en,self,t1d\nsam,xx-,self,t9d\n,en,self,t1d\n"
    faults = read_mentees(a_file(tmp_path, text), AT).faults
    assert [(one.line, one.column) for one in faults] == [(3, "languages"), (3, "diabetes_type"), (3, "id"), (4, "id")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("id,languages\nsam,en\n", "are missing"),
        ("id,id,languages,relation,diabetes_type\n", "there twice"),
        ("id,languages,relation,diabetes_type,a1c\n", "is not a column of mentees"),
        ('id,languages,relation,diabetes_type\n"sam,en,self,t1d\n', "cannot be read"),
    ],
)
def test_a_file_without_a_proper_head_is_refused_in_a_sentence(tmp_path: Path, text: str, says: str) -> None:
    read = read_mentees(a_file(tmp_path, text), AT)
    assert read.people == ()
    assert says in read.faults[0].message


def test_a_file_that_is_not_there_or_not_text_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes("id,languages\nsäm,en\n".encode("latin-1"))
    assert "not UTF-8" in read_mentees(tmp_path / "latin.csv", AT).faults[0].message
    assert "cannot be opened" in read_mentees(tmp_path / "nowhere.csv", AT).faults[0].message
