"""Words of English that tell where a noun phrase of a question begins and ends.

A tagger would need a model of 10 MB or more; questions are short, and their frames few.
"""

FUNCTION_WORDS = frozenset(
    "who whom whose what when where which why how is are was were be been being am do does did done has have had "
    "having can could will would shall should may might must not no nor so if then than as at by for from in into "
    "of on onto off to with without about above below after before during between among against over under "
    "through since until up down out near like per via around and or but also too either neither both i you he "
    "she it we they me him her us them my your his its our their this that these those there here someone anyone "
    "people one ones something anything please tell give describe explain list show say know want think need let "
    "ok okay oh wow yes interesting well really much many more most less least very quite just only even ever "
    "never still yet already often usually typically generally currently now today while because though although "
    "ago else again away back together so-called s t what's who's where's how's it's that's there's don't doesn't "
    "didn't isn't aren't wasn't can't".split()
)
DETERMINERS = frozenset("the a an any some each every all other another such".split())

# Nouns that say little without what they belong to: "What are the symptoms?" asks for those of something.
RELATIONAL = frozenset(
    "advantage advantages age aim aims alternative alternatives amount application applications area author authors "
    "background basis benefit benefits capacity capital categories category cause causes challenge challenges "
    "characteristics color colour component components con conclusion conditions cons consequence consequences "
    "content contents cost costs criteria criticism criticisms cure date deadline definition details difference "
    "differences disadvantage disadvantages dosage dose downside drawback drawbacks duration effect effects "
    "evidence example examples exception exceptions factor factors feature features fee fees form forms founder "
    "founders function functions goal goals head height history idea impact impacts implication implications "
    "importance influence ingredients invention kind kinds layers leader length level levels limit limits location "
    "main meaning measures members method methods name names nature number numbers origin origins outcome owner "
    "parts penalty percentage phases population price prices principle principles problem problems procedure "
    "process properties pros purpose reason reasons relationship requirement requirements response result results "
    "risk risks role roles rule rules scope score side sign significance signs similarities size solution solutions "
    "source sources speed stage stages steps structure style symptom symptoms tasks term terms theme themes title "
    "treatment treatments trend trends type types use uses value values variant variants variations version "
    "versions weight width".split()
)
# Nouns that no later "it" stands for.
VAGUE = frozenset(
    "bit day days general kind kinds lot lots minute minutes person place places question sort sorts thing things "
    "time times way ways week weeks year years".split()
)
# They follow what they are said of: "Is Red Bull bad for you?"
PREDICATES = frozenset(
    "able allowed available bad best better big biggest cheap closest common dangerous different difficult easier "
    "easiest easy effective endangered expensive fair famous first free good great hard harder harmful healthy "
    "high illegal important independent large largest last late legal likely long longer longest low mandatory "
    "necessary new newest old oldest open poisonous popular possible reliable responsible safe same scary second "
    "secure similar small smaller special successful tall third treatable true typical useful valid worth wrong".split()
)
_VERBS = (
    "accept achieve acquire add affect aim allow appear apply approve arrive ask attack attend award base become "
    "beat begin believe belong build buy call carry cause change choose come compare compete complete compose "
    "conduct connect consist contain continue contrast contribute control convert cook cost cover create deal "
    "decide defeat define deliver depend derive design destroy determine develop die differ direct discover draw "
    "drink drive earn eat eliminate employ encourage end enter establish evolve exist expand expect experience "
    "explain face fail fall feel fight find fix flow fly follow form found gain generate get give go grow happen "
    "hate hear help hit hold host hurt identify implement improve include increase influence inhabit inspire "
    "introduce invade invent involve join judge keep kill know last launch lead learn leave lie live locate look "
    "lose love maintain make manage marry mean measure meet move name observe occur offer open operate oppose "
    "organise organize originate owe own pay perform play prefer prevent produce promote protect prove provide "
    "publish purchase put quit raise reach read receive recommend record reduce refer reject relate release rely "
    "remain remove replace report represent require respond rest result return rise rule run scare search see "
    "seek seem sell send separate serve set settle share show sign sing sleep solve speak spend spread stand "
    "start stay stop study succeed suffer suggest support survive take talk teach think train travel treat try "
    "turn understand use visit vote wait walk want watch weigh win work write"
)
IRREGULAR = frozenset(
    (
        "became beaten began begun bought caught born built came chosen chose drank drawn drew drove driven eaten ate "
        "fallen fell felt flew flown fought forgot found gave given gone got grew grown held heard kept knew known "
        "lain led left lost made meant met paid put ran rose risen said sang sat saw seen sent shown sold sought "
        "spent spoke spoken stood taken taught thought told took understood went woke won wore worn written wrote"
    ).split()
)


def _forms(verb: str) -> tuple[str, ...]:
    stem = verb.removesuffix("e")
    third = f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "o")) else f"{verb}s"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        third, stem = f"{verb[:-1]}ies", verb
        return verb, third, f"{verb[:-1]}ied", f"{verb}ing"
    return verb, third, f"{stem}ed", f"{stem}ing"


VERBS = frozenset(form for verb in _VERBS.split() for form in _forms(verb)) | IRREGULAR
