using System.Globalization;
using System.Text;
using System.Text.Json;
using StreamChat.Contracts.Agents;
using StreamChat.Contracts.Events;
using StreamChat.Gateway.Runs;
using StreamChat.Hosting.Identity;

namespace StreamChat.Gateway.Dialects.Assistant;

/// <summary>What changed by an event of a run, as far as this protocol shows it.</summary>
internal enum TurnChange
{
    /// <summary>Nothing that is shown.</summary>
    None,

    /// <summary>The snapshot has grown.</summary>
    Grown,

    /// <summary>The answer is complete.</summary>
    Finished,
}

/// <summary>
/// One turn as the protocol shows it: a snapshot that grows with every event of the run. Its parts are kept as JSON, for each is
/// said again with every word of the answer.
/// </summary>
internal sealed class AssistantTurn
{
    // a tool of this name makes the protocol's own page open a seat map
    private const string SeatMapTool = "display_seat_map";
    private const string SeatMapMessage = "DISPLAY_SEAT_MAP";

    private const string BetweenMessages = "\n\n";

    private readonly string _conversationId;
    private readonly IIdGenerator _ids;
    private readonly int _maxDepth;
    private readonly byte[] _agents;
    private readonly GrowingJson _messages = GrowingJson.Array();
    private readonly GrowingJson _events = GrowingJson.Array();
    private readonly GrowingJson _guardrails = GrowingJson.Array();
    private readonly GrowingJson _text = GrowingJson.Text();

    // how things stood after each message of the run, results of tools being messages too: what a new attempt goes back to
    private readonly List<TurnMark> _marks = [];
    private readonly TurnMark _start;
    private readonly Dictionary<string, Call> _calls = new(StringComparer.Ordinal);
    private readonly StringBuilder _message = new();
    private string? _messageId;
    private bool _separate;
    private char _lastCharacter;
    private string _agent;
    private byte[] _context;

    /// <param name="conversationId">What the client knows the conversation by.</param>
    /// <param name="roomId">The room that the turn belongs to.</param>
    /// <param name="user">Who asked, when that is this connection.</param>
    /// <param name="agents">The agents there are, the first of them the one that begins.</param>
    /// <param name="maxDepth">How deep JSON may nest that is shown as JSON.</param>
    /// <param name="ids">For the events.</param>
    public AssistantTurn(string conversationId, string roomId, AssistantState? user, IReadOnlyList<AgentDescription> agents, int maxDepth, IIdGenerator ids)
    {
        RoomId = roomId;
        _conversationId = conversationId;
        _ids = ids;
        _maxDepth = maxDepth;
        _agent = agents.Count > 0 ? agents[0].Name : "";
        _agents = AssistantJson.Write(json => WriteAgents(json, agents));
        _context = AssistantJson.Write(json => WriteContext(json, user));
        _start = Now(isResult: false);
    }

    public string RoomId { get; }

    /// <summary>Whether the client has seen any of it.</summary>
    public bool Shown { get; set; }

    /// <summary>How many bytes the text takes.</summary>
    public int TextBytes => _text.Length;

    /// <summary>Takes the run's next event.</summary>
    /// <param name="runEvent">The event.</param>
    /// <param name="now">The time.</param>
    public TurnChange Add(RunEvent runEvent, DateTimeOffset now)
    {
        switch (runEvent)
        {
            case RunStarted started:
                GoBackTo(started.KeepMessages ?? 0);
                return started.KeepMessages is null ? TurnChange.None : TurnChange.Grown;
            case StepStarted step:
                _agent = step.StepName;
                return TurnChange.Grown;
            case TextMessageStart start:
                Begin(start.MessageId);
                return TurnChange.None;
            case TextMessageContent content:
                Begin(content.MessageId);
                Say(content.Delta);
                return TurnChange.Grown;
            case TextMessageEnd end:
                return End(end.MessageId);
            case ToolCallStart call:
                Begin(call);
                return TurnChange.None;
            case ToolCallArgs args:
                Find(args.ToolCallId).Arguments.Append(args.Delta);
                return TurnChange.None;
            case ToolCallEnd call:
                Called(Find(call.ToolCallId));
                return TurnChange.Grown;
            case ToolCallResult result:
                Returned(result);
                return TurnChange.Grown;
            case StateSnapshot state:
                return SetContext(StatePatch.Merge(_context, state.Snapshot));
            case StateDelta delta:
                return SetContext(StatePatch.Apply(_context, delta.Delta));
            case MessagesSnapshot snapshot:
                Replace(snapshot);
                return TurnChange.Grown;
            case Custom { Name: CustomEvents.HandOff } custom:
                return HandOff(custom.Value);
            case Custom { Name: CustomEvents.Guardrail } custom:
                return Guardrail(custom.Value, now);
            case RunFinished:
                return TurnChange.Finished;
            default:
                return TurnChange.None;
        }
    }

    /// <summary>Takes the run's next piece of text; the snapshot has grown by it.</summary>
    public void Add(in RunText text)
    {
        Begin(text.MessageId);
        Say(text.Delta);
    }

    /// <summary>Writes the fields of the snapshot into an object that is open.</summary>
    public void Write(Utf8JsonWriter json, bool finished)
    {
        json.WriteString("conversation_id"u8, _conversationId);
        json.WriteString("current_agent"u8, _agent);
        Write(json, "messages"u8, _messages.Value);
        Write(json, "events"u8, _events.Value);
        Write(json, "context"u8, _context);
        Write(json, "agents"u8, _agents);
        Write(json, "raw_response"u8, _text.Value);
        Write(json, "guardrails"u8, _guardrails.Value);
        json.WriteBoolean("is_finished"u8, finished);
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(value, skipInputValidation: true);
    }

    private void Begin(string messageId)
    {
        if (messageId == _messageId)
        {
            return;
        }

        _marks.Add(Now(isResult: false));
        _messageId = messageId;
        _message.Clear();
        _separate = !_text.IsEmpty;
    }

    private void Say(string delta)
    {
        if (_separate && delta.Length > 0)
        {
            _separate = false;
            if (!char.IsWhiteSpace(_lastCharacter) && !char.IsWhiteSpace(delta[0]))
            {
                _text.Append(BetweenMessages);
            }
        }

        _message.Append(delta);
        _text.Append(delta);
        _lastCharacter = delta.Length > 0 ? delta[^1] : _lastCharacter;
        Extend();
    }

    private TurnChange End(string messageId)
    {
        if (messageId != _messageId || _message.Length == 0)
        {
            return TurnChange.None;
        }

        AddMessage(_message.ToString());
        _message.Clear();
        Extend();
        return TurnChange.Grown;
    }

    private void AddMessage(string text)
    {
        ShowMessage(text);
        AddEvent("message", _agent, text, metadata: null);
    }

    private void ShowMessage(string text) => _messages.Add(AssistantJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("content"u8, text);
        json.WriteString("agent"u8, _agent);
        json.WriteEndObject();
    }));

    private void Begin(ToolCallStart call)
    {
        if (call.ParentMessageId is null && _marks is [] or [.., { IsResult: true }])
        {
            // a message of tool calls alone
            _marks.Add(Now(isResult: false));
        }

        _calls[call.ToolCallId] = new Call(call.ToolCallName);
    }

    private Call Find(string callId)
    {
        if (!_calls.TryGetValue(callId, out var call))
        {
            // the rest of a call whose beginning an earlier attempt said
            _calls.Add(callId, call = new Call(""));
        }

        return call;
    }

    private void Called(Call call)
    {
        AddEvent("tool_call", _agent, call.Name, json =>
        {
            json.WritePropertyName("tool_args"u8);
            json.WriteParsed(call.Arguments.Length > 0 ? call.Arguments.ToString() : "{}", _maxDepth);
        });
        if (call.Name == SeatMapTool)
        {
            ShowMessage(SeatMapMessage);
        }

        Extend();
    }

    private void Returned(ToolCallResult result)
    {
        _calls.Remove(result.ToolCallId);
        AddEvent("tool_output", _agent, result.Content, json =>
        {
            json.WritePropertyName("tool_result"u8);
            json.WriteParsed(result.Content, _maxDepth);
        });
        _marks.Add(Now(isResult: true));
    }

    private TurnChange HandOff(JsonElement value)
    {
        if (Text(value, "from") is not { } from || Text(value, "to") is not { } to)
        {
            return TurnChange.None;
        }

        AddEvent("handoff", from, $"{from} -> {to}", json =>
        {
            json.WriteString("source_agent"u8, from);
            json.WriteString("target_agent"u8, to);
        });
        _agent = to;
        return TurnChange.Grown;
    }

    private TurnChange Guardrail(JsonElement value, DateTimeOffset now)
    {
        _guardrails.Add(AssistantJson.Write(json =>
        {
            json.WriteStartObject();
            foreach (var name in (string[])["id", "name", "input", "reasoning"])
            {
                json.WriteString(name, Text(value, name) ?? "");
            }

            json.WriteBoolean("passed"u8, value.ValueKind == JsonValueKind.Object && value.TryGetProperty("passed", out var passed) && passed.ValueKind == JsonValueKind.True);
            json.WriteString("timestamp"u8, IsoTime.Naive(now));
            json.WriteEndObject();
        }));
        return TurnChange.Grown;
    }

    private TurnChange SetContext(byte[]? context)
    {
        // a change that does not fit the state is as none
        _context = context ?? _context;
        return context is null ? TurnChange.None : TurnChange.Grown;
    }

    private void Replace(MessagesSnapshot snapshot)
    {
        GoBackTo(0);
        var question = snapshot.Messages.Select(m => m.Role).ToList().LastIndexOf("user");
        foreach (var message in snapshot.Messages.Skip(question + 1).Where(m => m.Role == "assistant" && m.Content.Length > 0))
        {
            Begin(message.Id ?? _ids.NewUuid().ToString());
            Say(message.Content);
            AddMessage(message.Content);
        }
    }

    private void AddEvent(string type, string agent, string content, Action<Utf8JsonWriter>? metadata) => _events.Add(AssistantJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("id"u8, _ids.NewUuid().ToString("N"));
        json.WriteString("type"u8, type);
        json.WriteString("agent"u8, agent);
        json.WriteString("content"u8, content);
        json.WritePropertyName("metadata"u8);
        if (metadata is null)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteStartObject();
            metadata(json);
            json.WriteEndObject();
        }

        json.WriteNull("timestamp"u8);
        json.WriteEndObject();
    }));

    private TurnMark Now(bool isResult) =>
        new(_messages.Length, _events.Length, _guardrails.Length, _text.Length, _lastCharacter, _agent, _context, isResult);

    /// <summary>What was said just now belongs to the last message.</summary>
    private void Extend()
    {
        if (_marks.Count > 0)
        {
            _marks[^1] = Now(_marks[^1].IsResult);
        }
    }

    private void GoBackTo(int kept)
    {
        if (kept <= _marks.Count)
        {
            var mark = kept == 0 ? _start : _marks[kept - 1];
            _marks.RemoveRange(kept, _marks.Count - kept);
            _messages.Truncate(mark.Messages);
            _events.Truncate(mark.Events);
            _guardrails.Truncate(mark.Guardrails);
            _text.Truncate(mark.Text);
            (_lastCharacter, _agent, _context) = (mark.LastCharacter, mark.Agent, mark.Context);
        }

        _calls.Clear();
        _message.Clear();
        _messageId = null;
    }

    private static string? Text(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static void WriteAgents(Utf8JsonWriter json, IReadOnlyList<AgentDescription> agents)
    {
        json.WriteStartArray();
        foreach (var agent in agents)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, agent.Name);
            json.WriteString("description"u8, agent.Description);
            WriteNames(json, "handoffs"u8, agent.HandOffs);
            WriteNames(json, "tools"u8, agent.Tools);
            WriteNames(json, "input_guardrails"u8, agent.InputGuardrails);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNames(Utf8JsonWriter json, ReadOnlySpan<byte> property, IReadOnlyList<string> names)
    {
        json.WriteStartArray(property);
        foreach (var name in names)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }

    private static void WriteContext(Utf8JsonWriter json, AssistantState? user)
    {
        json.WriteStartObject();
        if (user is not null)
        {
            // the protocol's own ids of users are numbers; ours may be anything
            if (int.TryParse(user.UserId, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && user.UserId[0] != '0')
            {
                json.WriteNumber("user_id"u8, number);
            }
            else
            {
                json.WriteString("user_id"u8, user.UserId);
            }

            json.WriteString("user_name"u8, user.Username);
        }

        json.WriteEndObject();
    }

    private sealed class Call(string name)
    {
        public string Name => name;

        public StringBuilder Arguments { get; } = new();
    }

    /// <summary>How much there was after a message.</summary>
    private readonly record struct TurnMark(
        int Messages, int Events, int Guardrails, int Text, char LastCharacter, string Agent, byte[] Context, bool IsResult);
}
