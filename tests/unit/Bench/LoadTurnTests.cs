using System.Text;
using System.Text.Json;
using StreamChat.Client;
using StreamChat.Load;
using StreamChat.Load.Dialects;

namespace StreamChat.UnitTests.Bench;

public sealed class LoadTurnTests
{
    [Fact]
    public void Of_a_growing_answer_only_what_is_new_counts()
    {
        var turn = Turn("assistant", 4);
        byte[][] frames =
            [Snapshot("1@5 "), Snapshot("1@5 2@5 3@5 "), Snapshot("1@5 2@5 3@5 "), Snapshot("1@5 2@5 3@5 4@5 ", finished: true)];
        Assert.Equal([false, false, false, true], frames.Select(f => turn.Take(f)));
        Assert.Equal((4, 0, 0, 0), (turn.Sequence.Received, turn.Sequence.Lost, turn.Sequence.Duplicated, turn.Malformed));
        Assert.Equal((4, frames.Sum(f => f.Length)), (turn.Frames, turn.Bytes));
    }

    [Fact]
    public void A_growing_answer_that_shrinks_is_reported()
    {
        var turn = Turn("assistant", 2);
        turn.Take(Snapshot("1@5 2@5 "));
        turn.Take(Snapshot("1@5 "));
        Assert.Equal(1, turn.Malformed);
    }

    [Fact]
    public void A_growing_answer_that_is_not_what_was_shown_is_reported_at_its_end()
    {
        var turn = Turn("assistant", 3);
        turn.Take(Snapshot("1@5 2@5 "));
        Assert.True(turn.Take(Snapshot("2@5 1@5 3@5 ", finished: true)));
        Assert.Equal((3, 1), (turn.Sequence.Received, turn.Malformed));
    }

    [Theory]
    [InlineData("1@5 2@5 ", 0, 0)]
    [InlineData("1@5 ", 0, 1)]
    [InlineData("", 0, 1)]
    public void The_answer_that_the_end_repeats_has_to_be_the_one_that_was_shown(string repeated, int lost, int malformed)
    {
        var turn = Turn("yychat", 2);
        turn.Take("""{"type":"stream_chunk","content":"1@5 2@5 "}"""u8);
        turn.Take("""{"type":"stream_chunk","content":""}"""u8);
        Assert.True(turn.Take(Encoding.UTF8.GetBytes($$"""{"type":"stream_end","full_content":"{{repeated}}"}""")));
        Assert.Equal((lost, malformed), (turn.Sequence.Lost, turn.Malformed));
    }

    [Fact]
    public void What_only_the_repetition_holds_is_lost()
    {
        var turn = Turn("aurawell", 2);
        turn.Take("""{"type":"chat_stream","delta":"1@5 "}"""u8);
        turn.Take("""{"type":"status_update","status":"done","data":{"full_response":"1@5 2@5 "}}"""u8);
        Assert.Equal((1, 1), (turn.Sequence.Lost, turn.Malformed));
    }

    [Fact]
    public void The_last_event_that_was_seen_is_known()
    {
        var turn = Turn("native", 2);
        turn.Take(Encoding.UTF8.GetBytes($$"""{"type":"TEXT_MESSAGE_CONTENT","runId":"{{turn.RunId}}","delta":"1@5 2@5 ","fromSeq":6,"seq":7}"""));
        turn.Take("""{"type":"TEXT_MESSAGE_CONTENT","runId":"another","delta":"1@5 ","seq":9}"""u8);
        Assert.Equal((7, 2), (turn.LastSeq, turn.Sequence.Received));
    }

    [Fact]
    public void What_a_new_attempt_replaces_is_waited_for_again_and_measured_once()
    {
        var turn = Turn("native", 3);
        turn.Take(new TextMessageContent { Delta = "1@5 2@5 " });
        turn.Take(new TextReplaced { Text = "1@5" });
        Assert.Equal((0, 3), (turn.Sequence.Received, turn.Sequence.Lost));
        turn.Take(new TextMessageContent { Delta = " 2@6 3@6 " });
        Assert.Equal((3, 0, 0, 0), (turn.Sequence.Received, turn.Sequence.Duplicated, turn.Sequence.OutOfOrder, turn.Malformed));
        Assert.Equal(3, turn.Delays.Values.Length);

        // but not without having been replaced
        turn.Take(new TextMessageContent { Delta = "3@6 " });
        Assert.Equal(1, turn.Sequence.Duplicated);

        turn.Take(new TextMessageContent { Delta = "4@" });
        turn.Take(new RunFinished());
        Assert.Equal(1, turn.Malformed);
    }

    private static LoadTurn Turn(string dialect, int tokens) => new(LoadDialects.ByName[dialect], tokens, TimeProvider.System);

    private static byte[] Snapshot(string text, bool finished = false) => JsonSerializer.SerializeToUtf8Bytes(
        new { type = "ai_response", content = new { events = new[] { new { type = "message", content = "no" } }, raw_response = text, is_finished = finished } });
}
