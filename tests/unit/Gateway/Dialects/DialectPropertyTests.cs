using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;
using StreamChat.Gateway;
using StreamChat.Gateway.Connections;
using StreamChat.Gateway.Dialects;
using StreamChat.Hosting.Identity;

namespace StreamChat.UnitTests.Gateway.Dialects;

/// <summary>What holds for every dialect that is registered, whatever a client sends and whatever a run says.</summary>
public sealed class DialectPropertyTests
{
    private static readonly ServiceProvider Services = new ServiceCollection()
        .AddLogging()
        .AddMetrics()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
        .AddSingleton(TimeProvider.System)
        .AddSingleton<IIdGenerator, SystemIdGenerator>()
        .AddGateway()
        .BuildServiceProvider();

    private static readonly Dictionary<string, IDialect> Dialects = Services.GetServices<DialectRoute>().ToDictionary(r => r.Path, r => r.Dialect);

    public static TheoryData<string> Paths => [.. Dialects.Keys];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Any_frame_is_read_and_a_bad_one_answered_in_the_dialects_own_form(string path) =>
        Check(Prop.ForAll(Arb.From(AnyJson.Any), bytes =>
        {
            var session = new SessionProbe(Dialects[path]);
            var (frame, answer) = session.Send(Encoding.UTF8.GetString(bytes));
            Assert.All(answer, IsFrame);
            if (frame is InvalidFrame)
            {
                Assert.Contains(answer, IsError);
            }
        }));

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_session_stands_any_frames_one_after_the_other(string path) =>
        Check(Prop.ForAll(Arb.From(AnyJson.Any.ListOf(8)), frames =>
        {
            var session = new SessionProbe(Dialects[path]);
            foreach (var bytes in frames)
            {
                Assert.All(session.Send(Encoding.UTF8.GetString(bytes)).Answer, IsFrame);
            }
        }));

    [Theory]
    [MemberData(nameof(Paths))]
    public void Whatever_a_run_says_in_whatever_order_becomes_frames_or_nothing(string path) =>
        Check(Prop.ForAll(Arb.From(RunEvents), events =>
        {
            foreach (var request in new RunRequest?[] { null, AnyRequest(path) })
            {
                var session = new SessionProbe(Dialects[path]);
                Assert.All(session.Open(request), IsFrame);
                foreach (var (attempt, runEvent) in events)
                {
                    Assert.All(session.Say(runEvent, attempt), IsFrame);
                }
            }
        }));

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_binary_frame_has_an_answer(string path)
    {
        var session = new SessionProbe(Dialects[path]);
        session.Encode(new Received(new InvalidFrame(session.BinaryFault)));
        Assert.Contains(session.Encode(session.BinaryFault), IsError);
    }

    private static Gen<List<(int Attempt, RunEvent Event)>> RunEvents { get; } = Event().ListOf(12).Select(events =>
    {
        // attempts begin with their start, and are counted up
        var attempt = 1;
        return events.Select(e => (e is RunStarted { KeepMessages: not null } ? ++attempt : attempt, e)).ToList();
    });

    private static Gen<RunEvent> Event()
    {
        var id = Gen.Elements("m1", "m2", "c1", "");
        var json = AnyJson.Value.Where(IsStorable).Select(v => JsonElement.Parse(v));
        var text = Gen.OneOf(ArbMap.Default.GeneratorFor<string>().Select(t => Whole(t ?? "")), Gen.Elements("Hello", " world", "", "你好", "😀"));
        return Gen.OneOf(
            Gen.Constant<RunEvent>(new RunStarted { Seq = 0, ThreadId = "t" }),
            Gen.Choose(0, 3).Select(keep => (RunEvent)new RunStarted { Seq = 0, ThreadId = "t", KeepMessages = keep }),
            text.Select(name => (RunEvent)new StepStarted { Seq = 0, StepName = name }),
            text.Select(name => (RunEvent)new StepFinished { Seq = 0, StepName = name }),
            id.Select(m => (RunEvent)new TextMessageStart { Seq = 0, MessageId = m, Role = "assistant" }),
            id.Zip(text).Select(p => (RunEvent)new TextMessageContent { Seq = 0, MessageId = p.Item1, Delta = p.Item2 }),
            id.Select(m => (RunEvent)new TextMessageEnd { Seq = 0, MessageId = m }),
            id.Select(m => (RunEvent)new ReasoningMessageStart { Seq = 0, MessageId = m, Role = "reasoning" }),
            id.Zip(text).Select(p => (RunEvent)new ReasoningMessageContent { Seq = 0, MessageId = p.Item1, Delta = p.Item2 }),
            id.Select(m => (RunEvent)new ReasoningMessageEnd { Seq = 0, MessageId = m }),
            id.Zip(text).Select(p => (RunEvent)new ToolCallStart { Seq = 0, ToolCallId = p.Item1, ToolCallName = p.Item2 }),
            id.Zip(text).Select(p => (RunEvent)new ToolCallArgs { Seq = 0, ToolCallId = p.Item1, Delta = p.Item2 }),
            id.Select(c => (RunEvent)new ToolCallEnd { Seq = 0, ToolCallId = c }),
            id.Zip(text).Select(p => (RunEvent)new ToolCallResult { Seq = 0, MessageId = "r", ToolCallId = p.Item1, Content = p.Item2, Role = "tool" }),
            json.Select(j => (RunEvent)new StateSnapshot { Seq = 0, Snapshot = j }),
            json.Select(j => (RunEvent)new StateDelta { Seq = 0, Delta = j }),
            text.Select(t => (RunEvent)new MessagesSnapshot { Seq = 0, Messages = [new InputMessage { Role = "user", Content = "q" }, new InputMessage { Role = "assistant", Content = t }] }),
            Gen.Elements(CustomEvents.HandOff, CustomEvents.Guardrail, "else").Zip(json).Select(p => (RunEvent)new Custom { Seq = 0, Name = p.Item1, Value = p.Item2 }),
            Gen.Constant<RunEvent>(new RunFinished { Seq = 0, ThreadId = "t" }),
            Gen.Elements(RunErrorCodes.Cancelled, RunErrorCodes.ModelError, "new").Select(c => (RunEvent)new RunError { Seq = 0, Code = c, Message = "It failed." }));
    }

    // what comes over the bus is well-formed text
    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static bool IsStorable(string json) => !json.Contains("\\ud", StringComparison.OrdinalIgnoreCase);

    /// <summary>A request of the dialect's own kind, as its parser makes it.</summary>
    private static RunRequest? AnyRequest(string path)
    {
        string[] candidates =
        [
            """{"type":"chat","content":"hi"}""", """{"type":"health_chat","data":{"message":"hi"}}""", """{"type":"streaming_query","query":"hi"}""",
            """{"type":"text_message","content":"hi"}""", """{"query":"hi"}""", """{"type":"run","messages":[{"role":"user","content":"hi"}]}""",
        ];
        return candidates.Select(c => new SessionProbe(Dialects[path]).Parse(c)).OfType<RunRequest>().FirstOrDefault();
    }

    private static void IsFrame(JsonElement frame)
    {
        Assert.Equal(JsonValueKind.Object, frame.ValueKind);
        Assert.Equal(JsonValueKind.String, frame.GetProperty("type").ValueKind);
    }

    private static bool IsError(JsonElement frame) => frame.GetProperty("type").GetString() is "error" or "ai_error";

    private static void Check(Property property) => property.Check(Config.QuickThrowOnFailure.WithMaxTest(400));
}
