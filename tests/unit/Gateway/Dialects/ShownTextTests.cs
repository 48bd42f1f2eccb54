using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;
using StreamChat.Gateway.Dialects;

namespace StreamChat.UnitTests.Gateway.Dialects;

public sealed class ShownTextTests
{
    private readonly ShownText _text = new();

    // a client that appends, and begins anew when told that the text has diverged
    private string _client = "";
    private int _anew;

    [Fact]
    public void One_attempt_is_shown_as_it_comes()
    {
        Attempt("Hello ", "world");
        End();
        Assert.Equal(("Hello world", "Hello world", 0), (_client, _text.Whole, _anew));
    }

    [Fact]
    public void A_new_attempt_that_says_the_same_shows_only_what_is_new()
    {
        Attempt("Hello ", "wor");
        Begin(keep: 0);
        Message("m1", "Hel", "lo ");
        Assert.Equal(("Hello wor", "Hello ", 0), (_client, _text.Whole, _anew));
        Add(new TextMessageContent { Seq = 0, MessageId = "m1", Delta = "world!" });
        End();
        Assert.Equal(("Hello world!", "Hello world!", 0), (_client, _text.Whole, _anew));
    }

    [Fact]
    public void A_new_attempt_that_says_something_else_stands_in_place_of_the_old_one()
    {
        Attempt("Hello ", "world");
        Begin(keep: 0);
        Message("m1", "Hello ", "moon", " and sun");
        End();
        Assert.Equal(("Hello moon and sun", "Hello moon and sun", 1), (_client, _text.Whole, _anew));
    }

    [Fact]
    public void A_new_attempt_that_says_less_stands_in_place_of_the_old_one()
    {
        Attempt("Hello ", "world");
        Begin(keep: 0);
        Message("m1", "Hello");
        Assert.Equal("Hello world", _client);
        End();
        Assert.Equal(("Hello", "Hello", 1), (_client, _text.Whole, _anew));
    }

    [Fact]
    public void An_attempt_that_dies_while_it_repeats_leaves_all_that_was_shown()
    {
        Attempt("one two three");
        Begin(keep: 0);
        Message("m1", "one ");
        Begin(keep: 0);
        Message("m1", "one two three four");
        End();
        Assert.Equal(("one two three four", 0), (_client, _anew));
    }

    [Fact]
    public void A_failure_takes_nothing_back()
    {
        Attempt("Hello world");
        Begin(keep: 0);
        Message("m1", "Hello");
        Add(new RunError { Seq = 0, Code = RunErrorCodes.Cancelled, Message = "" });
        Assert.Equal(("Hello world", 0), (_client, _anew));
    }

    [Fact]
    public void What_still_stands_is_not_said_again_and_what_does_not_is()
    {
        Begin(keep: null);
        Message("m1", "Let me see.");
        Tool("c1", "m1");
        Message("m2", "It is");
        Begin(keep: 2);
        Message("m2", "It is 579.");
        End();
        Assert.Equal(("Let me see.\n\nIt is 579.", 0), (_client, _anew));

        Begin(keep: 1);
        Tool("c1", "m1");
        Message("m2", "It was.");
        End();
        Assert.Equal(("Let me see.\n\nIt was.", 1), (_client, _anew));
    }

    [Fact]
    public void Tool_calls_without_words_are_a_message_of_their_own()
    {
        Begin(keep: null);
        Tool("c1", null);
        Message("m2", "It is");
        Begin(keep: 2);
        Message("m2", "It is 579.");
        Assert.Equal(("It is 579.", 0), (_client, _anew));
    }

    [Theory]
    [InlineData("a", "b", "a\n\nb")]
    [InlineData("a ", "b", "a b")]
    [InlineData("a", "\nb", "a\nb")]
    public void Messages_are_apart(string first, string second, string expected)
    {
        Begin(keep: null);
        Message("m1", first);
        Message("m2", second);
        End();
        Assert.Equal((expected, expected), (_client, _text.Whole));
    }

    [Fact]
    public void A_snapshot_stands_for_the_answer()
    {
        Attempt("Hel");
        Add(new RunStarted { Seq = 0, ThreadId = "t", KeepMessages = 0 });
        Add(new MessagesSnapshot
        {
            Seq = 0,
            Messages =
            [
                new InputMessage { Role = "assistant", Content = "earlier" }, new InputMessage { Role = "user", Content = "go" },
                new InputMessage { Role = "assistant", Content = "Hello" }, new InputMessage { Role = "tool", Content = "5" }, new InputMessage { Role = "assistant", Content = "world" },
            ],
        });
        End();
        Assert.Equal(("Hello\n\nworld", 0), (_client, _anew));
    }

    [Fact]
    public void However_often_it_is_begun_the_client_ends_with_the_last_text_once()
    {
        string[] texts = ["", "a", "b", "ab", "ba", "aba", "abb", "abab"];
        foreach (var attempts in from first in texts from second in texts from third in texts select new[] { first, second, third })
        {
            _client = "";
            var shown = new ShownText();
            for (var attempt = 0; attempt < attempts.Length; attempt++)
            {
                Show(shown.Add(new RunStarted { Seq = 1, ThreadId = "t", KeepMessages = attempt == 0 ? null : 0 }));
                Show(shown.Add(new TextMessageStart { Seq = 2, MessageId = "m", Role = "assistant" }));
                foreach (var character in attempts[attempt])
                {
                    Show(shown.Add(new TextMessageContent { Seq = 3, MessageId = "m", Delta = character.ToString() }));
                }
            }

            Show(shown.Add(new RunFinished { Seq = 4, ThreadId = "t" }));
            Assert.Equal((attempts[^1], attempts[^1]), (_client, shown.Whole));
        }
    }

    private void Attempt(params string[] deltas)
    {
        Begin(keep: null);
        Message("m1", deltas);
    }

    private void Begin(int? keep) => Add(new RunStarted { Seq = 0, ThreadId = "t", KeepMessages = keep });

    private void Message(string id, params string[] deltas)
    {
        Add(new TextMessageStart { Seq = 0, MessageId = id, Role = "assistant" });
        foreach (var delta in deltas)
        {
            Add(new TextMessageContent { Seq = 0, MessageId = id, Delta = delta });
        }
    }

    private void Tool(string callId, string? parent)
    {
        Add(new ToolCallStart { Seq = 0, ToolCallId = callId, ToolCallName = "calculator", ParentMessageId = parent });
        Add(new ToolCallResult { Seq = 0, ToolCallId = callId, MessageId = "r-" + callId, Content = "579", Role = "tool" });
    }

    private void End() => Add(new RunFinished { Seq = 0, ThreadId = "t" });

    private void Add(RunEvent runEvent) => Show(_text.Add(runEvent));

    private void Show(TextToShow next)
    {
        _anew += next.Diverged ? 1 : 0;
        _client = next.Diverged ? next.Text : _client + next.Text;
    }
}
