using System.Net;
using System.Text.Json;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.EndToEndTests.Standalone;

/// <summary>The process of samples/semantic-kernel: plugin, approval, prompt template and connector in one answer.</summary>
public sealed class SemanticKernelSampleTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private ServiceProcess _sample = null!;
    private HttpClient _http = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _sample = await ServiceProcess.StartReadyAsync(
            "semantic-kernel", new Dictionary<string, string?> { ["Store__ConnectionString"] = $"Data Source={_folder.File("streamchat.db")}" });
        _http = new HttpClient { BaseAddress = _sample.BaseAddress };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _sample.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_lamp_is_switched_when_a_person_approves_and_left_when_one_rejects()
    {
        await using var client = await NativeClient.ConnectAsync(_sample.BaseAddress, "ada");
        Assert.Contains("desk (off), hall (on)", (await client.RunAsync("Which lamps are there?")).Text, StringComparison.Ordinal);

        var rejected = await AskAndAnswerAsync(client, "Switch the desk lamp on", "reject");
        Assert.Equal("A person rejected this call.", Assert.Single(rejected.ToolCalls).Result);
        Assert.Contains("desk (off)", (await client.RunAsync("Which lamps are there?")).Text, StringComparison.Ordinal);

        var approved = await AskAndAnswerAsync(client, "Switch the desk lamp on", "approve");
        Assert.Equal(("RUN_FINISHED", "ada switched the lamp desk on."), (approved.End, approved.Text.Trim()));
        Assert.Contains("desk (on)", (await client.RunAsync("Which lamps are there?")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_to_a_call_that_does_not_wait_is_not_found()
    {
        using var answer = await _http.PostAsync(new Uri("/approvals/nobody/approve", UriKind.Relative), content: null, Token);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private async Task<Transcript> AskAndAnswerAsync(NativeClient client, string question, string answer)
    {
        var run = client.RunAsync(question);
        var pending = await Eventually.GetAsync(PendingAsync, p => p.GetArrayLength() == 1, TimeSpan.FromSeconds(30), "a call waits for approval");
        Assert.Equal("ada", pending[0].GetProperty("user").GetString());
        Assert.Equal("desk", pending[0].GetProperty("arguments").GetProperty("lamp").GetString());
        using var posted = await _http.PostAsync(new Uri($"/approvals/{pending[0].GetProperty("id").GetString()}/{answer}", UriKind.Relative), content: null, Token);
        Assert.Equal(HttpStatusCode.NoContent, posted.StatusCode);
        return await run;
    }

    private async Task<JsonElement> PendingAsync() => JsonElement.Parse(await _http.GetStringAsync(new Uri("/approvals", UriKind.Relative), Token));
}
