using System.Text.Json;
using System.Text.Json.Nodes;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;

namespace StreamChat.IntegrationTests.Traces;

/// <summary>
/// Conversations of every dialect, frames in and frames out in their order, replayed over a socket against the whole service with a
/// model that does what the trace says. With <c>RECORD_TRACES=1</c> what the server says is written into the files instead of
/// compared: look at the difference before keeping it.
/// </summary>
public sealed class TraceTests(RabbitMqServer broker)
{
    private static readonly bool Recording = Environment.GetEnvironmentVariable("RECORD_TRACES") == "1";

    public static TheoryData<string> Names => [.. TraceFile.Names()];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_recorded_conversation_is_repeated(string name)
    {
        var trace = TraceFile.Read(name);
        await using var service = await WholeService.StartAsync(await broker.CreateVirtualHostAsync(), new TraceModel(trace.Model).AnswerAsync);
        await using var socket = await TraceSocket.ConnectAsync(service.Address, trace.Path);
        if (Recording)
        {
            await TraceRecorder.RecordAsync(trace, socket);
            return;
        }

        await ReplayAsync(trace, socket);
    }

    private static async Task ReplayAsync(TraceFile trace, TraceSocket socket)
    {
        var match = new TraceMatch();
        for (var i = 0; i < trace.Steps.Count;)
        {
            switch (trace.Steps[i].Kind)
            {
                case TraceStepKind.Client:
                    await socket.SendAsync(trace.Steps[i++].Text);
                    break;
                case TraceStepKind.Close:
                    Assert.Null(await socket.ReceiveAsync());
                    Assert.Equal(trace.Steps[i++].Text, $"{(int?)socket.CloseStatus}");
                    break;
                default:
                    var expected = trace.Steps.Skip(i).TakeWhile(s => s.Kind == TraceStepKind.Server).Select(s => JsonNode.Parse(s.Text)!).ToList();
                    i += expected.Count;
                    await ExpectAsync(TraceFrames.Fold(expected), socket, match);
                    break;
            }
        }
    }

    private static async Task ExpectAsync(List<JsonNode> expected, TraceSocket socket, TraceMatch match)
    {
        List<JsonNode> received = [];
        while (true)
        {
            // the last frame of a block tells that it is complete: it never is a piece that more could be joined to
            var folded = TraceFrames.Fold(received);
            if (folded.Count == expected.Count && Difference(match, expected[^1], folded[^1]) is null)
            {
                break;
            }

            if (folded.Count > expected.Count)
            {
                break;
            }

            try
            {
                received.Add(await socket.ReceiveAsync() ?? throw new TimeoutException("The server has closed."));
            }
            catch (TimeoutException e)
            {
                Assert.Fail($"{e.Message} Expected:\n{Lines(expected)}\nReceived:\n{Lines(folded)}");
            }
        }

        var actual = TraceFrames.Fold(received);
        for (var i = 0; i < expected.Count; i++)
        {
            var difference = Difference(match, expected[i], actual[i]);
            Assert.True(difference is null, $"Frame {i + 1}: {difference}\nExpected:\n{Lines(expected)}\nReceived:\n{Lines(actual)}");
        }
    }

    private static string? Difference(TraceMatch match, JsonNode expected, JsonNode actual) =>
        match.Difference(JsonSerializer.SerializeToElement(expected), JsonSerializer.SerializeToElement(actual));

    private static string Lines(IEnumerable<JsonNode> frames) => string.Join('\n', frames.Select(f => f.ToJsonString()));
}
