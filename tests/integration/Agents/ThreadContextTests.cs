using System.Text.Json;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Sockets;
using static StreamChat.IntegrationTests.Runs.ScriptedModel;

namespace StreamChat.IntegrationTests.Agents;

/// <summary>What is known of a thread's user, over a real broker: said to clients, shown to the model, kept for the next run.</summary>
public sealed class ThreadContextTests(RabbitMqServer broker)
{
    [Fact]
    public async Task A_tool_changes_it_the_client_hears_the_change_and_the_next_run_begins_with_it()
    {
        await using var service = await WholeService.StartAsync(
            await broker.CreateVirtualHostAsync(), AgentScripts.CallThenTell(Call("c1", "update_context", ("city", "Köln"), ("mood", "tired"))));
        await using var client = await service.ConnectAsync();
        var first = await FramesAsync(client, """{"type":"run","threadId":"t","runId":"$","messages":[{"role":"user","content":"go"}]}""");
        Assert.DoesNotContain(first, f => Type(f) == "STATE_SNAPSHOT");
        var delta = Assert.Single(first, f => Type(f) == "STATE_DELTA").GetProperty("delta");
        Assert.Equal(
            ["add /city Köln", "add /mood tired"],
            delta.EnumerateArray().Select(o => $"{o.GetProperty("op").GetString()} {o.GetProperty("path").GetString()} {o.GetProperty("value").GetString()}").Order());

        var second = await FramesAsync(client, """{"type":"run","threadId":"t","runId":"$","state":{"mood":null,"diet":"vegan","city":7},"messages":[{"role":"user","content":"go on"}]}""");
        Assert.Equal(["accepted", "RUN_STARTED", "STATE_SNAPSHOT"], second.Take(3).Select(Type));
        Assert.Equal("""{"city":"Köln","diet":"vegan"}""", second[2].GetProperty("snapshot").GetRawText());

        // the call says tired again
        Assert.Equal("/mood", Assert.Single(Assert.Single(second, f => Type(f) == "STATE_DELTA").GetProperty("delta").EnumerateArray()).GetProperty("path").GetString());
        var other = await FramesAsync(client, """{"type":"run","threadId":"another","runId":"$","useTools":false,"messages":[{"role":"user","content":"go"}]}""");
        Assert.DoesNotContain(other, f => Type(f) == "STATE_SNAPSHOT");
    }

    [Fact]
    public async Task The_model_is_told_what_is_known()
    {
        await using var service = await WholeService.StartAsync(await broker.CreateVirtualHostAsync(), AgentScripts.Echo);
        await using var client = await service.ConnectAsync();
        var run = new Transcript(Guid.CreateVersion7());
        await client.SendAsync($$$"""{"type":"run","runId":"{{{run.RunId}}}","agent":"weather agent","personality":"concise","state":{"city":"Rome"},"messages":[{"role":"user","content":"hello"}]}""");
        await client.ReadToEndAsync(run);
        Assert.StartsWith("You are Weather Agent.", run.Text, StringComparison.Ordinal);
        Assert.Contains("# Style\nAnswer in as few words", run.Text, StringComparison.Ordinal);
        Assert.EndsWith("\n{\"city\":\"Rome\"}|hello", run.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("agent", "Nobody")]
    [InlineData("model", "nothing")]
    public async Task What_does_not_exist_is_not_found(string field, string name)
    {
        await using var service = await WholeService.StartAsync(await broker.CreateVirtualHostAsync(), AgentScripts.Echo);
        await using var client = await service.ConnectAsync();
        var run = new Transcript(Guid.CreateVersion7());
        await client.SendAsync($$$"""{"type":"run","runId":"{{{run.RunId}}}","{{{field}}}":"{{{name}}}","messages":[{"role":"user","content":"hello"}]}""");
        await client.ReadToEndAsync(run);
        Assert.Equal(("RUN_ERROR", "not_found"), (run.End, run.Code));
    }

    private static async Task<List<JsonElement>> FramesAsync(NativeClient client, string request)
    {
        await client.SendAsync(request.Replace("$", $"{Guid.CreateVersion7()}", StringComparison.Ordinal));
        List<JsonElement> frames = [];
        do
        {
            frames.Add(await client.ReceiveAsync());
        }
        while (Type(frames[^1]) is not ("RUN_FINISHED" or "RUN_ERROR" or "error"));

        Assert.Equal("RUN_FINISHED", Type(frames[^1]));
        return frames;
    }

    private static string? Type(JsonElement frame) => frame.GetProperty("type").GetString();
}
