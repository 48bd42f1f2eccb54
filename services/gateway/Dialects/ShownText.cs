using System.Text;
using StreamChat.Contracts.Events;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Dialects;

/// <summary>What a client that can only append is to be told next.</summary>
/// <param name="Text">The text; empty for nothing.</param>
/// <param name="Diverged">
/// True when it is not to be appended but stands in place of all that the client shows of the run: a new attempt says something
/// else than the one before. A protocol that has a word for dropping text or for beginning anew says it first.
/// </param>
internal readonly record struct TextToShow(string Text, bool Diverged = false)
{
    public static readonly TextToShow Nothing = new("");
}

/// <summary>
/// The text of one run as a client shows it that gets plain deltas. While a new attempt repeats what an earlier one said, nothing
/// is to be shown, so that no word stands there twice. Messages of one run are one text, with an empty line between them.
/// </summary>
internal sealed class ShownText
{
    private const string Separator = "\n\n";

    private readonly StringBuilder _shown = new();

    // the messages of this attempt, and where in the text each begins; a tool's result counts as one and has no text
    private readonly List<Message> _messages = [];

    // what earlier attempts showed, while this one repeats it; null when it shows new text
    private string? _before;
    private int _position;
    private bool _separate;

    /// <summary>All that the newest attempt has said so far.</summary>
    public string Whole => _before is null ? _shown.ToString() : _before[.._position];

    /// <summary>Takes the run's next event.</summary>
    /// <returns>What to show of it.</returns>
    public TextToShow Add(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case RunStarted started:
                Begin(started.KeepMessages ?? 0);
                return TextToShow.Nothing;
            case TextMessageStart start:
                FindOrAdd(start.MessageId);
                _separate = _position > 0;
                return TextToShow.Nothing;
            case ToolCallStart { ParentMessageId: null } when _messages is [] or [.., { IsResult: true }]:
                // a message of tool calls alone
                _messages.Add(new Message(null, _position, IsResult: false));
                return TextToShow.Nothing;
            case ToolCallResult result:
                _messages.Add(new Message(result.MessageId, _position, IsResult: true));
                return TextToShow.Nothing;
            case TextMessageContent content:
                return Say(content.Delta);
            case MessagesSnapshot snapshot:
                return Replace(snapshot);
            case RunFinished:
                return End();
            default:
                return TextToShow.Nothing;
        }
    }

    /// <summary>Takes the run's next piece of text.</summary>
    /// <returns>What to show of it.</returns>
    public TextToShow Add(in RunText text) => Say(text.Delta);

    private void Begin(int keepMessages)
    {
        if (keepMessages < _messages.Count)
        {
            GoBackTo(_messages[keepMessages].Start);
            _messages.RemoveRange(keepMessages, _messages.Count - keepMessages);
        }
    }

    private void GoBackTo(int position)
    {
        _before ??= _shown.ToString();
        _position = Math.Min(position, _before.Length);
        _separate = false;
        Resume();
    }

    private void FindOrAdd(string messageId)
    {
        if (!_messages.Exists(m => m.Id == messageId))
        {
            _messages.Add(new Message(messageId, _position, IsResult: false));
        }
    }

    private TextToShow Replace(MessagesSnapshot snapshot)
    {
        var question = snapshot.Messages.Select(m => m.Role).ToList().LastIndexOf("user");
        var said = snapshot.Messages.Skip(question + 1).Where(m => m.Role == "assistant" && m.Content.Length > 0).Select(m => m.Content);
        GoBackTo(0);
        _messages.Clear();
        var whole = new ShownText();
        foreach (var text in said)
        {
            whole._separate = whole._position > 0;
            whole.Say(text);
        }

        return Repeat(whole.Whole);
    }

    private TextToShow Say(string delta)
    {
        if (_separate && delta.Length > 0)
        {
            _separate = false;
            delta = char.IsWhiteSpace(delta[0]) || char.IsWhiteSpace(LastCharacter) ? delta : Separator + delta;
        }

        return Repeat(delta);
    }

    private char LastCharacter => _before is null ? _shown[_position - 1] : _before[_position - 1];

    private TextToShow Repeat(string text)
    {
        if (_before is null)
        {
            return Append(text);
        }

        var same = _before.AsSpan(_position).CommonPrefixLength(text);
        if (same < text.Length && _position + same < _before.Length)
        {
            return Diverge(text);
        }

        _position += same;
        Resume();
        return same < text.Length ? Append(text[same..]) : TextToShow.Nothing;
    }

    // a new attempt that ends before it has said all that is shown is another text, too
    private TextToShow End() => _before is null ? TextToShow.Nothing : Diverge("");

    private TextToShow Append(string text)
    {
        _shown.Append(text);
        _position = _shown.Length;
        return new TextToShow(text);
    }

    private TextToShow Diverge(string text)
    {
        var whole = string.Concat(_before.AsSpan(0, _position), text);
        _before = null;
        _shown.Clear();
        Append(whole);
        return new TextToShow(whole, Diverged: true);
    }

    private void Resume()
    {
        if (_before is not null && _position == _before.Length)
        {
            _before = null;
        }
    }

    private sealed record Message(string? Id, int Start, bool IsResult);
}
