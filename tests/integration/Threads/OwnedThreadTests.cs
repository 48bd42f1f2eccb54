using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using StreamChat.Gateway.Auth;
using StreamChat.IntegrationTests.Auth;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Sockets;

namespace StreamChat.IntegrationTests.Threads;

/// <summary>Users who call their threads the same, and what somebody learns of names that are not theirs.</summary>
public sealed class OwnedThreadTests(RabbitMqServer broker)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("open")]
    [InlineData("required")]
    public async Task Everybody_has_a_thread_of_a_name_and_sees_changes_and_removes_only_that(string mode)
    {
        await using var service = await StartAsync(("Auth:Mode", mode), ("Auth:Keys:0:Hash", GatewayHost.Shop.Hash), ("Auth:Keys:0:Subject", "shop"), ("Auth:Keys:0:Roles:0", Roles.Tokens));
        var users = new List<(string Id, NativeClient Client, ThreadHttp Http)>();
        try
        {
            foreach (var id in (string[])["ada", "bob", "eve"])
            {
                var token = mode == "required" ? service.Services.GetRequiredService<AccessTokens>().Make(id, "test", [], TimeSpan.FromHours(1)) : null;
                users.Add((id, await NativeClient.ConnectAsync(service.Address, id, token), new ThreadHttp(service.Address, id, token)));
            }

            var (ada, bob, eve) = (users[0], users[1], users[2]);
            await ada.Client.SendAsync("""{"type":"join","threadId":"default"}""");
            await ada.Client.ReceiveAsync("joined");
            await bob.Client.SendAsync("""{"type":"join","threadId":"default"}""");
            await bob.Client.ReceiveAsync("joined");
            foreach (var user in new[] { ada, bob })
            {
                var run = await user.Client.RunAsync($"I am {user.Id}", threadId: "default");
                Assert.Equal(("RUN_FINISHED", $"1: I am {user.Id}"), (run.End, run.Text));
            }

            // who has joined a thread of that name is shown runs of their own alone: nothing else comes before the answer to a ping
            foreach (var user in new[] { ada, bob })
            {
                await user.Client.SendAsync("""{"type":"ping"}""");
                Assert.Equal("pong", (await user.Client.ReceiveAsync()).GetProperty("type").GetString());
                Assert.Equal(["I am " + user.Id, "1: I am " + user.Id], (await user.Http.MessagesAsync("default")).Select(m => m.GetProperty("content").GetString()));
            }

            // whether others have a thread of a name cannot be told
            foreach (var (method, rest, body) in Operations)
            {
                Assert.Equal(await AnswerAsync(eve.Http, method, "nobodys", rest, body), await AnswerAsync(eve.Http, method, "default", rest, body));
            }

            Assert.Equal(HttpStatusCode.OK, await bob.Http.StatusAsync(HttpMethod.Patch, ThreadHttp.Path("default"), """{"title":"Bob's"}"""));
            Assert.Equal("I am ada", (await ada.Http.GetAsync(ThreadHttp.Path("default", "/messages"))).GetProperty("thread").GetProperty("title").GetString());
            Assert.Contains("I am bob", (await bob.Http.GetAsync(ThreadHttp.Path("default", "/export"))).ToString(), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.NoContent, await bob.Http.StatusAsync(HttpMethod.Delete, ThreadHttp.Path("default")));
            Assert.Equal(HttpStatusCode.NotFound, await bob.Http.StatusAsync(HttpMethod.Get, ThreadHttp.Path("default", "/messages")));
            Assert.Equal("3: still here", (await ada.Client.RunAsync("still here", threadId: "default")).Text);
            Assert.Equal(4, (await ada.Http.MessagesAsync("default")).Count);
        }
        finally
        {
            foreach (var (_, client, http) in users)
            {
                http.Dispose();
                await client.DisposeAsync();
            }
        }
    }

    [Theory]
    [InlineData("00:15:00")]
    [InlineData("00:00:00")]
    public async Task A_run_id_that_somebody_else_has_used_is_forbidden_and_not_worth_asking_again(string keep)
    {
        await using var service = await StartAsync(("Limits:RunLog:Keep", keep));
        await using var ada = await service.ConnectAsync("ada");
        await using var bob = await service.ConnectAsync("bob");
        var adas = await ada.RunAsync("mine", threadId: "default");
        Assert.Equal("RUN_FINISHED", adas.End);

        await bob.StartAsync("yours", threadId: "default", runId: adas.RunId);
        JsonElement frame;
        do
        {
            frame = await bob.ReceiveAsync();
        }
        while (frame.GetProperty("type").GetString() is not ("error" or "RUN_ERROR" or "RUN_FINISHED"));
        Assert.Equal("forbidden", frame.GetProperty("code").GetString());
        Assert.True(!frame.TryGetProperty("retryable", out var retryable) || !retryable.GetBoolean());

        // the name that came with it is bob's own, and free
        Assert.Equal("1: first", (await bob.RunAsync("first", threadId: "default")).Text);
    }

    [Fact]
    public async Task A_quota_that_is_reached_is_told_and_what_is_deleted_makes_room()
    {
        await using var service = await StartAsync(("Limits:Stored:Threads", "2"), ("Limits:Stored:ThreadBytes", "2048"));
        await using var ada = await service.ConnectAsync("ada");
        await using var bob = await service.ConnectAsync("bob");
        using var http = new ThreadHttp(service.Address);
        await ada.RunAsync("a", threadId: "a");
        await ada.RunAsync("b", threadId: "b");
        var refused = await ada.RunAsync("c", threadId: "c");
        Assert.Equal(("RUN_ERROR", "quota_exceeded"), (refused.End, refused.Code));
        Assert.Equal("RUN_FINISHED", (await bob.RunAsync("c", threadId: "c")).End);
        Assert.Equal(HttpStatusCode.NoContent, await http.StatusAsync(HttpMethod.Delete, ThreadHttp.Path("a")));
        Assert.Equal("RUN_FINISHED", (await ada.RunAsync("c", threadId: "c")).End);

        Assert.Equal("RUN_FINISHED", (await ada.RunAsync(new string('x', 2000), threadId: "b")).End);
        Assert.Equal(("RUN_ERROR", "quota_exceeded"), ((await ada.RunAsync("more", threadId: "b")) is var full ? (full.End, full.Code) : default));
        Assert.Equal("RUN_FINISHED", (await ada.RunAsync("more", threadId: "c")).End);
        Assert.Equal(4, (await http.MessagesAsync("b")).Count);
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("%2e")]
    [InlineData("%2E%2e")]
    [InlineData(".%2e")]
    public async Task A_name_that_a_path_cannot_hold_is_refused_by_frames_and_paths(string threadId)
    {
        await using var service = await StartAsync();
        await using var ada = await service.ConnectAsync("ada");
        using var http = new ThreadHttp(service.Address);
        await ada.SendAsync(JsonSerializer.Serialize(new { type = "run", threadId, messages = new[] { new { role = "user", content = "hello" } } }));
        Assert.Equal("invalid_frame", (await ada.ReceiveAsync("error")).GetProperty("code").GetString());

        // a client that takes the segment out of the path itself asks for something else
        Assert.Contains(await http.StatusAsync(HttpMethod.Get, ThreadHttp.Path(threadId, "/messages")), new[] { HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed });
    }

    [Fact]
    public async Task A_name_that_frames_take_is_reached_by_its_path()
    {
        await using var service = await StartAsync();
        await using var ada = await service.ConnectAsync("ada");
        using var http = new ThreadHttp(service.Address);
        foreach (var threadId in (string[])["\ufffd", "a\ufffdb", "...", ".a", "a/b", "../a", "a/..", "a\\b", "100%", "%41", "?x#y", "a b", "你好", "\u202eabc", "%2f", "a;b", "%252e"])
        {
            Assert.Equal("RUN_FINISHED", (await ada.RunAsync("hello", threadId: threadId)).End);
            Assert.Equal((threadId, 2), (threadId, (await http.MessagesAsync(threadId)).Count));
            Assert.Equal(HttpStatusCode.NoContent, await http.StatusAsync(HttpMethod.Delete, ThreadHttp.Path(threadId)));
        }
    }

    private static IReadOnlyList<(HttpMethod Method, string Suffix, string? Body)> Operations =>
    [
        (HttpMethod.Get, "/messages", null), (HttpMethod.Get, "/messages?before=1", null), (HttpMethod.Get, "/export", null), (HttpMethod.Get, "/export?format=markdown", null),
        (HttpMethod.Patch, "", """{"title":"Mine"}"""), (HttpMethod.Delete, "", null),
    ];

    /// <summary>All of an answer but the time of it.</summary>
    private static async Task<string> AnswerAsync(ThreadHttp http, HttpMethod method, string threadId, string rest, string? body)
    {
        using var response = await http.SendAsync(method, ThreadHttp.Path(threadId, rest), body);
        var headers = response.Headers.Concat(response.Content.Headers).Where(h => h.Key != "Date").Select(h => $"{h.Key}: {string.Join(',', h.Value)}").Order(StringComparer.Ordinal);
        return $"{(int)response.StatusCode}\n{string.Join('\n', headers)}\n\n{await response.Content.ReadAsStringAsync(Token)}";
    }

    private async Task<WholeService> StartAsync(params (string Key, string Value)[] settings) =>
        await WholeService.StartAsync(await broker.CreateVirtualHostAsync(), EchoAsync, settings: settings);

    /// <summary>How many messages it is shown of the conversation, and the last one.</summary>
    private static async IAsyncEnumerable<ChatResponseUpdate> EchoAsync(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        yield return ScriptedModel.Text($"{messages.Count(m => m.Role != ChatRole.System)}: {messages[^1].Text}");
    }
}
