using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Models;
using StreamChat.TestSupport.Waiting;
using static StreamChat.TestSupport.Models.OpenAIScripts;

namespace StreamChat.IntegrationTests.Models;

/// <summary>Each way in which a provider can fail, as a client of the native protocol sees it, over a real broker and real HTTP.</summary>
public sealed class ModelFaultTests(RabbitMqServer broker)
{
    private static readonly (string Name, ModelScript[] Scripts, string End, string Text, int Asked)[] Faults =
    [
        ("500, then well", [ServerError, Text("Hello")], "RUN_FINISHED", "Hello", 2),
        ("429 with a short wish, then well", [RateLimited("0"), Text("Hello")], "RUN_FINISHED", "Hello", 2),
        ("429 with a long wish", [RateLimited("3600")], "model_rate_limited", "", 1),
        ("429 without end", [RateLimited()], "model_rate_limited", "", 3),
        ("500 without end", [ServerError], "model_error", "", 3),
        ("a bad key", [BadKey(ProvidedService.Key)], "model_unauthorized", "", 1),
        ("too long", [TooLong], "context_too_long", "", 1),
        ("a filter before the answer", [Filtered], "content_filtered", "", 1),
        ("a filter in the answer", [FilteredAfter("So far")], "content_filtered", "So far", 1),
        ("cut before the answer, then well", [CutAfter(""), Text("Hello")], "RUN_FINISHED", "Hello", 2),
        ("cut in the middle", [CutAfter("So far"), Text("never")], "model_error", "So far", 1),
        ("ended too early", [EndAfter("So far"), Text("never")], "model_error", "So far", 1),
        ("malformed in the middle", [MalformedAfter("So far"), Text("never")], "model_error", "So far", 1),
        ("an error in the stream", [ErrorAfter("So far", "server_error"), Text("never")], "model_error", "So far", 1),
        ("cut off by its length", [Answer(Content("So far"), Finish("length"))], "RUN_FINISHED", "So far", 1),
    ];

    [Fact]
    public async Task Each_fault_has_its_code_keeps_the_text_and_gives_nothing_away()
    {
        await using var service = await ProvidedService.StartAsync(await broker.CreateVirtualHostAsync(), tools: null);
        foreach (var fault in Faults)
        {
            service.Server.Script("", fault.Scripts);
            var before = service.Server.Questions.Count;
            var run = await service.AskAsync("hi", threadId: $"fault-{fault.Name}");

            Assert.Equal((fault.Name, fault.End, fault.Text, fault.Asked), (fault.Name, run.Outcome.End, run.Outcome.Text, service.Server.Questions.Count - before));
        }

        Assert.All(service.Server.Questions, q => Assert.Equal(ProvidedService.Key, q.Key));
        foreach (var seen in new[] { service.Frames, service.Logs })
        {
            Assert.DoesNotContain(ProvidedService.Key, seen, StringComparison.Ordinal);
            Assert.DoesNotContain(ErrorText, seen, StringComparison.Ordinal);
        }

        // the logs were really kept, and tell the operator what happened
        Assert.Contains("status 401", service.Logs, StringComparison.Ordinal);
        Assert.Equal(1, await service.Service.QueryAsync("select count(*) from messages where partial and thread_id = 'fault-cut in the middle' and content = 'So far'"));
    }

    [Fact]
    public async Task A_model_that_never_begins_or_falls_silent_ends_in_time()
    {
        await using var service = await ProvidedService.StartAsync(
            await broker.CreateVirtualHostAsync(), tools: null, ("Model:FirstTokenTimeout", "00:00:00.500"), ("Model:StallTimeout", "00:00:00.500"));
        service.Server.Script("", Never);
        Assert.Equal(("model_timeout", ""), (await service.AskAsync("hi")).Outcome);
        service.Server.Script("", StallAfter("So far"));
        Assert.Equal(("model_timeout", "So far"), (await service.AskAsync("hi")).Outcome);

        // and is not left to go on for nobody
        await Eventually.TrueAsync(() => service.Server.Gone == 2);
    }

    [Fact]
    public async Task A_cancel_stops_the_call_itself()
    {
        await using var service = await ProvidedService.StartAsync(await broker.CreateVirtualHostAsync(), tools: null);
        service.Server.Script("", StallAfter("So far"));
        var run = await service.BeginAsync("hi");
        await service.ReadUntilAsync(run, () => run.Transcript.Text == "So far");
        await service.CancelAsync(run);
        await service.ReadUntilAsync(run, () => run.Transcript.Ended);

        Assert.Equal(("cancelled", "So far"), run.Outcome);
        await Eventually.TrueAsync(() => service.Server.Gone == 1);
    }

    [Fact]
    public async Task The_next_model_answers_where_one_cannot_and_the_end_says_which()
    {
        await using var service = await ProvidedService.StartAsync(
            await broker.CreateVirtualHostAsync(), tools: null,
            ("Models:second:Name", "second"), ("Models:third:Name", "third"), ("Model:Fallback:0", "second"), ("Model:Fallback:1", "third"));
        service.Server.Script("first", BadKey(ProvidedService.Key), CutAfter("So far"));
        service.Server.Script("second", ServerError);
        service.Server.Script("third", Text("Hello from the third."));

        var run = await service.AskAsync("hi");
        Assert.Equal(("RUN_FINISHED", "Hello from the third."), run.Outcome);
        Assert.Equal("""{"provider":"openai","model":"third","agent":"Triage Agent","finishReason":"stop","inputTokens":11,"outputTokens":7}""", run.Result);
        Assert.Equal(["first", "second", "second", "second", "third"], service.Server.Questions.Select(q => q.Model));

        // but not once it has begun
        Assert.Equal(("model_error", "So far"), (await service.AskAsync("hi again")).Outcome);
    }

    [Fact]
    public async Task A_model_that_never_stops_is_stopped()
    {
        await using var service = await ProvidedService.StartAsync(await broker.CreateVirtualHostAsync(), tools: null, ("Limits:Run:OutputTokens", "50"));
        service.Server.Script("", async answer =>
        {
            while (true)
            {
                await answer.EventAsync(Content("and on "));
            }
        });
        var run = await service.AskAsync("hi");

        Assert.Equal("limit_reached", run.Outcome.End);
        Assert.InRange(run.Outcome.Text.Length, 200, 220);
        await Eventually.TrueAsync(() => service.Server.Gone == 1);
    }
}
