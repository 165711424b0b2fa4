package customs

// bits is a set of values of one input: bit n stands for the value n.
type bits uint16

func of[T ~uint8](values ...T) (set bits) {
	for _, v := range values {
		set |= 1 << v
	}
	return set
}

// when is the condition of a row; an empty set means "any". The conditions are
// data, so that the published table is made from what the program does.
type when struct {
	phase, kind, initiative, message, role, ref, count bits
	has, lacks                                         bits
	prose                                              string // for rows that no set can describe
}

func (w *when) match(s *situation) bool {
	return w.prose == "" && (w.phase == 0 || w.phase&s.phase != 0) &&
		(w.kind == 0 || w.kind&s.kind != 0) &&
		(w.initiative == 0 || w.initiative&s.initiative != 0) &&
		(w.message == 0 || w.message&s.message != 0) &&
		(w.role == 0 || w.role&s.role != 0) &&
		(w.ref == 0 || w.ref&s.ref != 0) &&
		(w.count == 0 || w.count&s.count != 0) &&
		s.flags&w.has == w.has && s.flags&w.lacks == 0
}

// row is one row of the decision table.
type row struct {
	id   string
	when []when // one of them must match
	then effect
	en   string
	ru   string
}

// effect is what a row does; a row uses the members of its part.
type effect struct {
	phase    Phase
	code     string // the row is this error
	user     userSource
	profile  profileSource
	ask      []PromptID
	post     postSource
	versions versionSource
	store    Action
}

type userSource uint8

const (
	userCurrent userSource = iota + 1
	userOfReference
	userChosen
)

type profileSource uint8

const (
	profileFirst profileSource = iota + 1 // the first configured, or the only one
	profileOfReference
	profileChosen
)

type postSource uint8

const (
	postOfClient postSource = iota + 1
	postOfSettings
	postOfReference
	postAsked
)

type versionSource uint8

const (
	versionsOfSettings versionSource = iota + 1
	versionsOfReference
)

func (r *row) match(s *situation) bool {
	for i := range r.when {
		if r.when[i].match(s) {
			return true
		}
	}
	return false
}

func find(rows []row, s *situation) *row {
	for i := range rows {
		if rows[i].match(s) {
			return &rows[i]
		}
	}
	return nil
}

// Sets that several rows share.
var (
	primary   = of(PhasePrimary)
	secondary = of(PhaseSecondary)
	leaning   = of(PhaseSecondary, PhaseBootstrap)
	decl      = of(KindDECL)
	ead       = of(KindEAD)
	notDecl   = of(KindSVH, KindEAD, KindPI, KindOther)
	notEAD    = of(KindDECL, KindSVH, KindPI, KindOther)
	free      = of(KindSVH, KindPI, KindOther) // neither DECL nor EAD
	byUser    = of(InitiativeUser)
	byAuto    = of(InitiativeAuto)
	query     = of(MessageStatus, MessageHistory)
	noIDs     = of(StateAbsent, StateNoIDs)
	existing  = of(StateNoIDs, StateOwnOK, StateOwnLost, StateForOK, StateForLost, StateForNoUser)
	none      = bits(1 << 0)
	some      = bits(1<<1 | 1<<2)
)

// phaseRows are 3.2.
var phaseRows = []row{
	{"PH1", []when{{kind: decl, message: of(MessageOpen)}}, effect{phase: PhasePrimary},
		"a request to open the declaration procedure is primary; a repeated one starts a new protocol",
		"запрос на открытие процедуры декларирования является первичной отправкой; повторный начинает новый протокол"},
	{"PH2", []when{{kind: decl, message: query, ref: of(StateAbsent)}}, effect{phase: PhaseBootstrap},
		"there is no request to open: the first status or history request takes its place after the questions about what is lacking",
		"запроса на открытие нет: первый запрос статуса или истории занимает его место после вопросов о недостающих данных"},
	{"PH3", []when{{kind: decl, message: query, ref: existing}}, effect{phase: PhaseSecondary},
		"a status or history request within a known protocol leans on its reference",
		"запрос статуса или истории в известном протоколе опирается на опорное сообщение"},
	{"PH4", []when{{kind: decl, message: of(MessageOther)}}, effect{phase: PhaseSecondary},
		"any other declaration message leans on the reference, even if that is lost",
		"прочие сообщения декларирования опираются на опорное сообщение, даже если оно утрачено"},
	{"PH5", []when{{kind: notDecl, role: of(RoleInitiating)}}, effect{phase: PhasePrimary},
		"the scenario names this message as its first",
		"по сценарию это первичное сообщение"},
	{"PH6", []when{{kind: notDecl, role: of(RoleFollowUp)}}, effect{phase: PhaseSecondary},
		"the scenario names this message as a later one",
		"по сценарию это последующее сообщение"},
}

// guardRows are the guards of 3.2. G3 stands before the phase and is matched by
// Facts.Check.
var guardRows = []row{
	{"G1", []when{{initiative: byAuto, phase: of(PhasePrimary, PhaseBootstrap)}}, effect{code: CodePrimaryByUser},
		"a primary message is always sent by the user",
		"первичная отправка всегда выполняется по инициативе пользователя"},
	{"G2", []when{{initiative: byAuto, kind: decl, phase: secondary, ref: of(StateAbsent, StateNoIDs, StateOwnLost, StateForLost, StateForNoUser)}}, effect{code: CodeAutoImpossible},
		"for declarations an automatic message without a good reference is impossible",
		"для декларирования автоматическая отправка без исправного опорного сообщения невозможна"},
	{"G3", []when{{prose: "unreadable line; unknown kind, initiative, message or (not DECL) role; current user missing or unknown; repeated user or profile ids"}}, effect{code: CodeFactsInvalid},
		"the facts cannot be used",
		"исходные данные непригодны"},
}

// userRows are 3.3.
var userRows = []row{
	{"U0", []when{{phase: primary, kind: decl, count: none}}, effect{code: CodeNoProfiles},
		"the current user has no profile for the declaration",
		"у текущего пользователя нет профиля для декларирования"},
	{"U1", []when{{phase: primary, kind: decl, count: some}}, effect{user: userCurrent, profile: profileChosen, ask: []PromptID{P1}},
		"for declarations the profile is always chosen, because its signature is compared with box 54",
		"для декларирования окно выбора профиля появляется всегда: сведения ЭП сверяются с 54-й графой ДТ"},
	{"U2", []when{{phase: primary, kind: ead}}, effect{user: userChosen, profile: profileChosen, ask: []PromptID{P2, P1}},
		"the archive asks for user and profile at each primary sending and remembers neither",
		"по ЭАД пользователь и профиль запрашиваются при каждой первичной отправке и не запоминаются"},
	{"U3", []when{{phase: primary, kind: free, count: none}}, effect{code: CodeNoProfiles},
		"the current user has no profile",
		"у текущего пользователя нет профиля"},
	{"U4", []when{{phase: primary, kind: free, count: bits(1 << 1)}}, effect{user: userCurrent, profile: profileFirst},
		"the current user's only profile needs no question",
		"у текущего пользователя один профиль, вопрос не нужен"},
	{"U5", []when{{phase: primary, kind: free, count: bits(1 << 2)}}, effect{user: userCurrent, profile: profileChosen, ask: []PromptID{P1}},
		"the current user has several profiles and chooses one",
		"у текущего пользователя несколько профилей, он выбирает один"},
	{"U6", []when{{phase: secondary, kind: ead, count: some}}, effect{user: userCurrent, profile: profileFirst},
		"later archive messages go under the first profile of the current user",
		"вторичные отправки ЭАД идут по первому из настроенных профилей текущего пользователя"},
	{"U7", []when{{phase: secondary, kind: ead, count: none}}, effect{code: CodeNoProfiles},
		"the current user has no profile for the archive",
		"у текущего пользователя нет профиля для ЭАД"},
	{"U8", []when{{phase: leaning, kind: notEAD, ref: of(StateOwnOK)}}, effect{user: userOfReference, profile: profileOfReference},
		"the reference is the current user's own and its profile is known",
		"опорная отправка выполнена текущим пользователем, её профиль известен"},
	{"U9", []when{{phase: leaning, kind: notEAD, ref: noIDs, initiative: byUser}}, effect{user: userChosen, profile: profileChosen, ask: []PromptID{P2, P1}},
		"the reference is absent or names no user: user and profile are chosen",
		"опорного сообщения нет или в нём нет пользователя: выбираются пользователь и профиль"},
	{"U10", []when{{phase: secondary, kind: free, ref: noIDs, initiative: byAuto, count: some}}, effect{user: userCurrent, profile: profileFirst},
		"the reference is absent or names no user: an acknowledgement takes the first profile of the current user",
		"опорного сообщения нет или в нём нет пользователя: подтверждение идёт по первому профилю текущего пользователя"},
	{"U11", []when{{phase: secondary, kind: free, ref: noIDs, initiative: byAuto, count: none}}, effect{code: CodeNoProfiles},
		"an acknowledgement finds no profile of the current user to fall back on",
		"подтверждению не из чего взять профиль: у текущего пользователя их нет"},
	{"U12", []when{{phase: leaning, kind: notEAD, ref: of(StateOwnLost), initiative: byUser, count: some}}, effect{user: userCurrent, profile: profileChosen, ask: []PromptID{P5, P1}},
		"the reference is the current user's own, but its profile is gone: a notice, then a choice",
		"документ принадлежит текущему пользователю, профиль не распознан: уведомление и выбор профиля"},
	{"U13", []when{{phase: leaning, kind: notEAD, ref: of(StateOwnLost), initiative: byUser, count: none}}, effect{code: CodeNoProfiles},
		"the profile of the reference is gone and the current user has no other",
		"профиль опорной отправки удалён, других у текущего пользователя нет"},
	{"U14", []when{{phase: secondary, kind: free, ref: of(StateOwnLost), initiative: byAuto, count: some}}, effect{user: userCurrent, profile: profileFirst},
		"the profile of the reference is gone: an acknowledgement takes the first profile of the current user",
		"профиль не распознан: подтверждение идёт по первому профилю текущего пользователя"},
	{"U15", []when{{phase: secondary, kind: free, ref: of(StateOwnLost), initiative: byAuto, count: none}}, effect{code: CodeNoProfiles},
		"the profile of the reference is gone, and an acknowledgement finds no other",
		"профиль опорной отправки удалён, для подтверждения других профилей нет"},
	{"U16", []when{{phase: leaning, kind: notEAD, ref: of(StateForOK), initiative: byUser}}, effect{user: userOfReference, profile: profileOfReference, ask: []PromptID{P3}},
		"another user's document: after a switch to that account the exchange goes on with its profile",
		"чужой документ: после переключения на учётную запись обмен продолжается с её профилем"},
	{"U17", []when{{phase: leaning, kind: notEAD, ref: of(StateForLost), initiative: byUser}}, effect{user: userOfReference, profile: profileChosen, ask: []PromptID{P3, P1}},
		"another user's document, its profile is gone: after a switch the profile is chosen",
		"чужой документ, профиль утрачен: после переключения выбирается профиль"},
	{"U18", []when{{phase: leaning, kind: notEAD, ref: of(StateForNoUser), initiative: byUser}}, effect{user: userChosen, profile: profileChosen, ask: []PromptID{P4, P1}},
		"the document's user is gone: go on as the current user or choose another, then choose the profile",
		"пользователь документа удалён: продолжить от имени текущего или выбрать другого, затем выбрать профиль"},
	{"U19", []when{{phase: leaning, kind: notEAD, ref: of(StateForOK), initiative: byAuto}}, effect{user: userOfReference, profile: profileOfReference},
		"an acknowledgement in another user's document goes under that user's profile, without a switch (decision)",
		"подтверждение по чужому документу идёт с его профилем без переключения (решение)"},
	{"U20", []when{{phase: secondary, kind: free, ref: of(StateForLost, StateForNoUser), initiative: byAuto, count: some}}, effect{user: userCurrent, profile: profileFirst},
		"the foreign user or profile is gone: an acknowledgement takes the first profile of the current user (decision)",
		"чужой пользователь или профиль утрачен: подтверждение идёт по первому профилю текущего пользователя (решение)"},
	{"U21", []when{{phase: secondary, kind: free, ref: of(StateForLost, StateForNoUser), initiative: byAuto, count: none}}, effect{code: CodeNoProfiles},
		"the foreign user or profile is gone, and an acknowledgement finds no profile to fall back on",
		"чужой пользователь или профиль утрачен, для подтверждения профилей нет"},
}

// likePrimary are the cases in which the client's code comes first, then the
// settings': has and lacks are added by each row.
func likePrimary(initiative, has, lacks bits) []when {
	return []when{
		{phase: primary, kind: of(KindDECL, KindEAD, KindSVH, KindOther), initiative: initiative, has: has, lacks: lacks},
		{phase: secondary, kind: of(KindSVH, KindOther), initiative: initiative, has: has, lacks: lacks | refPost},
		{phase: secondary, kind: ead, initiative: initiative, has: has, lacks: lacks},
	}
}

// settingsOnly are the cases of PI.
func settingsOnly(has, lacks bits) []when {
	return []when{
		{phase: primary, kind: of(KindPI), has: has, lacks: lacks},
		{phase: secondary, kind: of(KindPI), has: has, lacks: lacks | refPost},
	}
}

// postRows are 3.4; C12 and C13 look at the code that another row has found.
var postRows = []row{
	{"C1", likePrimary(0, clientPost, 0), effect{post: postOfClient},
		"the client program determines the post",
		"код поста определён на стороне клиента"},
	{"C2", likePrimary(0, settingsPost, clientPost), effect{post: postOfSettings},
		"the client passed no post: the settings give it",
		"клиент код не передал: он берётся из настроек"},
	{"C3", settingsOnly(settingsPost, 0), effect{post: postOfSettings},
		"preliminary information takes the post from the settings alone",
		"для ПИ код берётся только из настроек"},
	{"C4", settingsOnly(0, settingsPost), effect{code: CodePostCodeUnavailable},
		"preliminary information needs a post in the settings",
		"для ПИ в настройках нет кода поста"},
	{"C5", likePrimary(byUser, 0, clientPost|settingsPost), effect{code: CodePostCodeUnavailable},
		"neither the client nor the settings give a post (decision: an error, or a question by option)",
		"кода нет ни у клиента, ни в настройках (решение: ошибка или, по настройке, вопрос)"},
	{"C6", likePrimary(byAuto, 0, clientPost|settingsPost), effect{code: CodePostCodeUnavailable},
		"neither the client nor the settings give a post, and nobody can be asked",
		"кода нет ни у клиента, ни в настройках, и спросить некого"},
	{"C7", []when{{phase: secondary, kind: notEAD, has: refPost}}, effect{post: postOfReference},
		"the post of the reference holds for the whole protocol",
		"код поста опорного сообщения действует на весь протокол"},
	{"C8", []when{{phase: leaning, kind: decl, message: query, initiative: byUser, lacks: refPost}}, effect{post: postAsked, ask: []PromptID{P7}},
		"the reference gives no post: main and border post are asked",
		"в опорном сообщении нет кода поста: запрашиваются основной и приграничный посты"},
	{"C9", []when{{phase: secondary, kind: decl, message: of(MessageOther), initiative: byUser, lacks: refPost}}, effect{ask: []PromptID{P5, P6}},
		"the reference gives no post: a history request is offered in place of the message",
		"в опорном сообщении нет кода поста: вместо сообщения предлагается запрос истории процедуры"},
	{"C11", []when{{phase: leaning, kind: decl, message: of(MessageStatus, MessageHistory, MessageOther), initiative: byAuto, lacks: refPost}}, effect{code: CodeNeedsInteraction},
		"the reference gives no post, and an automatic message cannot ask",
		"в опорном сообщении нет кода поста, а автоматическая отправка спросить не может"},
	{"C12", []when{{prose: "the border post equals the main post"}}, effect{},
		"the border post equals the main post: a warning",
		"приграничный пост совпадает с основным: предупреждение"},
	{"C13", []when{{prose: "the code that would be used, main or border, is not eight digits"}}, effect{code: CodePostCodeInvalid},
		"the post code is not eight digits; an answer is asked again",
		"код поста не состоит из восьми цифр; ответ запрашивается снова"},
}

// versionRows are 3.5.
var versionRows = []row{
	{"V1", []when{{phase: primary, has: settingsVersions}}, effect{versions: versionsOfSettings},
		"a primary message takes the versions of the settings",
		"версии при первичной отправке берутся из настроек"},
	{"V2", []when{{phase: secondary, kind: decl, has: refVersions}}, effect{versions: versionsOfReference},
		"within the protocol all messages follow the versions of the primary one",
		"в пределах протокола все сообщения формируются по версии первичного"},
	{"V3", []when{{phase: leaning, kind: decl, has: settingsVersions, lacks: refVersions}}, effect{versions: versionsOfSettings},
		"the reference is absent or names no versions: the settings give them",
		"опорного сообщения нет или в нём нет версий: они берутся из настроек"},
	{"V4", []when{{phase: secondary, kind: notDecl, has: settingsVersions}}, effect{versions: versionsOfSettings},
		"kinds other than declarations always take the versions of the settings",
		"для прочих видов обмена всегда используются версии из настроек"},
	{"V5", []when{{prose: "the client prepares a declaration and asks for the versions without sending"}}, effect{},
		"a query without sending follows V2 and V3 (ResolveVersions)",
		"запрос версий без отправки идёт по V2 и V3 (ResolveVersions)"},
	{"V6", []when{
		{phase: of(PhasePrimary, PhaseBootstrap), lacks: settingsVersions},
		{phase: secondary, kind: decl, lacks: settingsVersions | refVersions},
		{phase: secondary, kind: notDecl, lacks: settingsVersions},
	}, effect{code: CodeVersionUnavailable},
		"the versions of the settings are needed, but not filled in",
		"нужны версии из настроек, но они не заполнены"},
}

// storeRows are 3.6, S1 to S7: the first that matches is the one. S8 and S11
// come on top.
var storeRows = []row{
	{"S1", []when{{phase: primary, kind: notEAD}}, effect{store: ActionCreate},
		"the parameters of the primary message are stored as the reference",
		"параметры первичного сообщения сохраняются как опорные"},
	{"S2", []when{{phase: of(PhaseBootstrap)}}, effect{store: ActionCreate},
		"this request becomes the reference, if none was registered meanwhile",
		"этот запрос становится опорным сообщением, если за это время не зарегистрировано другое"},
	{"S3", []when{{phase: secondary, kind: notEAD, ref: existing, has: idsChanged, lacks: fallback}}, effect{store: ActionUpdate},
		"user and profile of the reference are replaced by the refined ones",
		"уточнённые пользователь и профиль сохраняются в опорном сообщении"},
	{"S4", []when{{phase: secondary, kind: notEAD, ref: existing, lacks: idsChanged | postsAsked | versionsPinned}}, effect{store: ActionNone},
		"nothing changed, nothing is stored",
		"ничего не изменилось, сохранять нечего"},
	{"S5", []when{{phase: secondary, kind: notEAD, ref: of(StateAbsent)}}, effect{store: ActionCreate},
		"there is no reference to refine: this message becomes one, marked as recovered (decision)",
		"опорного сообщения нет: им становится это сообщение с пометкой о восстановлении (решение)"},
	{"S6", []when{{kind: ead}}, effect{store: ActionNone},
		"the archive remembers nothing",
		"по ЭАД ничего не запоминается"},
	{"S7", []when{{phase: secondary, kind: free, ref: existing, has: idsChanged | fallback}}, effect{store: ActionUpdate},
		"the profile that an automatic message fell back on is stored",
		"профиль, подобранный при автоматической отправке, сохраняется"},
}

// extraRows are the rows of 3.6 that come on top of another or replace it.
var extraRows = []row{
	{"S8", []when{{phase: leaning, kind: notEAD, has: postsAsked}}, effect{store: ActionUpdate},
		"the posts that were asked are stored too (decision)",
		"введённые коды постов тоже сохраняются (решение)"},
	{"S9", []when{{prose: "error, cancelled or substituted"}}, effect{store: ActionNone},
		"nothing is sent, nothing is stored",
		"ничего не отправлено и не сохранено"},
	{"S10", []when{{prose: "the reply to HISTORY reveals the real versions"}}, effect{store: ActionUpdate},
		"the versions that a history reply reveals go into the reference (Refine, decision)",
		"версии из ответа на запрос истории вносятся в опорное сообщение (Refine, решение)"},
	{"S11", []when{{phase: secondary, kind: decl, ref: existing, has: versionsPinned}}, effect{store: ActionUpdate},
		"the versions of the settings are stored in the reference, so that the protocol keeps to one pair (decision)",
		"версии из настроек сохраняются в опорном сообщении, чтобы протокол шёл по одной паре (решение)"},
}

// promptRows are 3.1: the questions.
var promptRows = []row{
	{"P1", nil, effect{}, "choose a profile", "выбор профиля"},
	{"P2", nil, effect{}, "choose a user", "выбор пользователя"},
	{"P3", nil, effect{}, "switch to another user's account: accept or decline", "переключение на учётную запись: согласие или отказ"},
	{"P4", nil, effect{}, "go on as the current user or choose another", "продолжить от имени текущего пользователя или выбрать другого"},
	{"P5", nil, effect{}, "notice of lacking data", "уведомление о дефиците данных"},
	{"P6", nil, effect{}, "send a history request instead?", "выполнить запрос истории процедуры?"},
	{"P7", nil, effect{}, "enter the main and the border post", "ввод кодов основного и приграничного постов"},
}
