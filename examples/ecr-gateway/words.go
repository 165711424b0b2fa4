package main

import "github.com/obmen-go/obmen/ecr/gateway"

// words are the texts of the status page.
var words = map[string]map[string]string{
	"ru": {
		"title": "Шлюз ККТ", "ms": "мс", "device": "ККТ", "connected": "подключена", "disconnected": "нет связи",
		"state": "Состояние", "since": "с", "listening": "Порт для программ", "protocol": "Протокол", "queue": "В очереди",
		"exchanges": "Обменов", "ack": "До подтверждения, среднее / наибольшее", "turn": "Обмен, среднее / наибольшее",
		"connects": "Подключений к ККТ", "guarded": "Открыт чек клиента", "clients": "Подключённые программы",
		"address": "Адрес", "last": "Последний обмен", "pending": "ждёт ответа", "none": "пока нет", "latest": "Последние обмены",
		"time": "Время", "client": "Клиент", "command": "Команда", "waited": "Ждал", "took": "Длился", "bytes": "Байт туда / обратно",
		"outcome": "Итог", "troubles": "Сбои с момента запуска",
		"outcome-not-sent": "не отправлен", "outcome-rejected": "отвергнут", "outcome-unknown": "исход неизвестен", "outcome-answered": "отвечен",
		"state-down": "нет соединения", "state-released": "порт свободен до следующей команды", "state-connecting": "подключается",
		"state-settling": "очищает линию", "state-idle": "свободна", "state-asking": "спрашивает готовность", "state-waiting": "ждёт подтверждения",
		"state-refused": "проверяет отказ", "state-answering": "ждёт ответа", "state-fetching": "запрашивает ответ ещё раз", "state-stopped": "остановлена",
	},
	"en": {
		"title": "Register gateway", "ms": "ms", "device": "Register", "connected": "connected", "disconnected": "not connected",
		"state": "State", "since": "since", "listening": "Port for programs", "protocol": "Protocol", "queue": "In the queue",
		"exchanges": "Exchanges", "ack": "To the ACK, mean / longest", "turn": "Exchange, mean / longest",
		"connects": "Connections to the register", "guarded": "Receipt open by client", "clients": "Connected programs",
		"address": "Address", "last": "Last exchange", "pending": "waits for an answer", "none": "none yet", "latest": "Last exchanges",
		"time": "Time", "client": "Client", "command": "Command", "waited": "Waited", "took": "Took", "bytes": "Bytes out / back",
		"outcome": "Outcome", "troubles": "Troubles since the start",
		"outcome-not-sent": "not sent", "outcome-rejected": "rejected", "outcome-unknown": "outcome unknown", "outcome-answered": "answered",
		"state-down": "no connection", "state-released": "released until the next command", "state-connecting": "connecting",
		"state-settling": "clearing the line", "state-idle": "idle", "state-asking": "asking whether it is ready", "state-waiting": "waiting for the ACK",
		"state-refused": "checking a refusal", "state-answering": "waiting for the answer", "state-fetching": "asking for the answer again", "state-stopped": "stopped",
	},
}

// troubles are the kinds of failures in Russian and English.
var troubles = map[gateway.Failure][2]string{
	gateway.ConnectFailed:   {"не удалось подключиться к ККТ", "the register could not be reached"},
	gateway.DeviceGone:      {"ККТ разорвала соединение", "the register hung up"},
	gateway.WriteFailed:     {"команда передана не целиком", "a request could not be written whole"},
	gateway.NoACK:           {"ККТ не подтвердила команду", "no ACK from the register"},
	gateway.NoAnswer:        {"ККТ не ответила", "no answer from the register"},
	gateway.AnswerCut:       {"ответ оборвался", "an answer stopped in the middle"},
	gateway.AnswerLong:      {"ответ слишком длинный", "an answer was too long"},
	gateway.AnswerDamaged:   {"ответ повреждён", "an answer was damaged"},
	gateway.Doubtful:        {"ответ нельзя отнести к команде", "an answer could not be told from another"},
	gateway.LostACK:         {"ответ пришёл без подтверждения", "an answer came without its ACK"},
	gateway.StaleInput:      {"лишние байты от ККТ отброшены", "stray bytes of the register were dropped"},
	gateway.DeviceNAK:       {"ККТ отвергла команду", "the register refused a request"},
	gateway.RefusedDown:     {"отказано: нет связи с ККТ", "refused: no connection to the register"},
	gateway.RefusedQueue:    {"отказано: очередь не дошла", "refused: waited too long"},
	gateway.RefusedStopping: {"отказано: служба останавливается", "refused: the service is stopping"},
	gateway.StopCut:         {"обмен прерван остановкой службы", "an exchange was cut by the stop"},
	gateway.Malformed:       {"программа прислала не команду", "a client sent what is no request"},
	gateway.Repeated:        {"повтор команды, не выполнен ещё раз", "a repeated request, not executed again"},
	gateway.OutOfTurn:       {"номер кадра не по порядку", "a frame number out of turn"},
	gateway.ClientGone:      {"программа отключилась, не дождавшись ответа", "a client left before its answer"},
	gateway.ClientSlow:      {"программа не приняла ответ вовремя", "a client did not take its answer"},
	gateway.ClientSurplus:   {"слишком много программ", "too many clients"},
}

func troubleText(lang string, f gateway.Failure) string {
	text, ok := troubles[f]
	switch {
	case !ok:
		return f.String()
	case lang == "ru":
		return text[0]
	}
	return text[1]
}
