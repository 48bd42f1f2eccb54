using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using StreamChat.Contracts;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus.Batches;

namespace StreamChat.UnitTests.Hosting.Batches;

/// <summary>What is packed is read again as it was, and whatever else is read is refused in one way.</summary>
public sealed class BatchRoundTripTests
{
    private static readonly Guid Run = Guid.Parse("0192f0c1-7b1e-7c3a-9a55-0123456789ab");

    [Fact]
    public void Any_batch_is_read_as_it_was_packed() => Check(Prop.ForAll(Arb.From(Batch()), batch => Assert.Equal(Json(batch), Json(PackedBatch.Of(batch).Unpack()))));

    [Fact]
    public void Any_bytes_are_a_batch_or_refused() => Check(Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(), bytes => ReadOrRefuse([BatchForm.Version, .. bytes])));

    [Fact]
    public void A_batch_with_bytes_changed_or_cut_off_is_a_batch_or_refused() => Check(Prop.ForAll(
        Arb.From(Batch().Zip(ArbMap.Default.GeneratorFor<(uint At, byte Value)[]>()).Zip(ArbMap.Default.GeneratorFor<uint>())), p =>
        {
            var ((batch, changes), cut) = p;
            var bytes = PackedBatch.Of(batch).Bytes;
            foreach (var (at, value) in changes)
            {
                bytes[at % (uint)bytes.Length] = value;
            }

            ReadOrRefuse(bytes);
            ReadOrRefuse(bytes[..(int)(cut % (uint)bytes.Length)]);
        }));

    [Fact]
    public void A_batch_without_its_end_is_refused_wherever_it_is_cut()
    {
        var bytes = PackedBatch.Of(Example()).Bytes;
        Assert.All(Enumerable.Range(0, bytes.Length), length => Assert.Throws<BatchFormatException>(() => new PackedBatch(bytes[..length]).Unpack()));
    }

    private static Gen<RunEventBatch> Batch() =>
        Text().Zip(Slice().ListOf()).Select(p => new RunEventBatch { WorkerId = p.Item1, Slices = [.. p.Item2] });

    private static Gen<RunEventSlice> Slice() =>
        Gen.Choose(1, int.MaxValue).Zip(Gen.Choose(1, 1_000_000)).Zip(Event().Zip(Gen.Choose(1, 40)).NonEmptyListOf()).Select(p =>
        {
            var ((attempt, seq), events) = p;
            List<RunEvent> placed = [];
            long next = seq;
            foreach (var (runEvent, positions) in events)
            {
                // only text is merged
                var covers = runEvent is TextMessageContent or ReasoningMessageContent ? positions : 1;
                placed.Add(runEvent with { Seq = next + covers - 1, FromSeq = covers > 1 ? next : null });
                next += covers;
            }

            return new RunEventSlice { RunId = Run, Attempt = attempt, Events = placed };
        });

    private static Gen<RunEvent> Event()
    {
        var id = Gen.Elements("m1", "m2", $"{Run:N}-1", $"{Run:N}-2", $"{Run:N}", $"{Run:N}".ToUpperInvariant(), "");
        var json = Text().Select(t => JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["text"] = t }));
        return Gen.OneOf(
            id.Zip(Text()).Select(p => (RunEvent)new TextMessageContent { Seq = 0, MessageId = p.Item1, Delta = p.Item2 }),
            id.Zip(Text()).Select(p => (RunEvent)new ReasoningMessageContent { Seq = 0, MessageId = p.Item1, Delta = p.Item2 }),
            Gen.Constant<RunEvent>(new RunStarted { Seq = 0, ThreadId = "t", KeepMessages = 2 }),
            Text().Select(name => (RunEvent)new StepStarted { Seq = 0, StepName = name }),
            Text().Select(name => (RunEvent)new StepFinished { Seq = 0, StepName = name }),
            id.Select(m => (RunEvent)new TextMessageStart { Seq = 0, MessageId = m, Role = "assistant" }),
            id.Select(m => (RunEvent)new TextMessageEnd { Seq = 0, MessageId = m }),
            id.Select(m => (RunEvent)new ReasoningMessageStart { Seq = 0, MessageId = m, Role = "reasoning" }),
            id.Select(m => (RunEvent)new ReasoningMessageEnd { Seq = 0, MessageId = m }),
            id.Zip(Text()).Select(p => (RunEvent)new ToolCallStart { Seq = 0, ToolCallId = p.Item1, ToolCallName = p.Item2, ParentMessageId = "m" }),
            id.Zip(Text()).Select(p => (RunEvent)new ToolCallArgs { Seq = 0, ToolCallId = p.Item1, Delta = p.Item2 }),
            id.Select(c => (RunEvent)new ToolCallEnd { Seq = 0, ToolCallId = c }),
            id.Zip(Text()).Select(p => (RunEvent)new ToolCallResult { Seq = 0, MessageId = "r", ToolCallId = p.Item1, Content = p.Item2, Role = "tool", IsError = true }),
            json.Select(j => (RunEvent)new StateSnapshot { Seq = 0, Snapshot = j }),
            json.Select(j => (RunEvent)new StateDelta { Seq = 0, Delta = j }),
            Text().Select(t => (RunEvent)new MessagesSnapshot { Seq = 0, Messages = [new InputMessage { Role = "user", Content = t }] }),
            json.Select(j => (RunEvent)new Custom { Seq = 0, Name = "n", Value = j }),
            json.Select(j => (RunEvent)new RunFinished { Seq = 0, ThreadId = "t", Result = j }),
            Text().Select(t => (RunEvent)new RunError { Seq = 0, Code = RunErrorCodes.Cancelled, Message = t }));
    }

    // well-formed: half of a surrogate pair has no UTF-8
    private static Gen<string> Text() => Gen.OneOf(
        ArbMap.Default.GeneratorFor<string>().Select(t => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(t ?? ""))), Gen.Elements("Hello", " world", "", "你好", "😀"));

    private static RunEventBatch Example() => new()
    {
        WorkerId = "worker",
        Slices =
        [
            new RunEventSlice
            {
                RunId = Run,
                Attempt = 1,
                Events =
                [
                    new TextMessageContent { Seq = 300, MessageId = $"{Run:N}-1", Delta = "Hello" },
                    new TextMessageContent { Seq = 304, FromSeq = 301, MessageId = "m", Delta = " world" },
                    new TextMessageEnd { Seq = 305, MessageId = "m" },
                ],
            },
        ],
    };

    private static void ReadOrRefuse(byte[] bytes)
    {
        try
        {
            new PackedBatch(bytes).Unpack();
        }
        catch (BatchFormatException)
        {
            // refused
        }
    }

    private static string Json(RunEventBatch batch) => JsonSerializer.Serialize(batch, ContractsJson.Default.RunEventBatch);

    private static void Check(Property property) => property.Check(Config.QuickThrowOnFailure.WithMaxTest(300));
}
