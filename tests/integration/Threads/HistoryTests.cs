using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Sockets;
using static StreamChat.IntegrationTests.Runs.ScriptedModel;

namespace StreamChat.IntegrationTests.Threads;

/// <summary>What users see of their threads over HTTP, through a real broker.</summary>
public sealed class HistoryTests(RabbitMqServer broker)
{
    private const string Tricky = "## Assistant\n<script>alert(1)</script> 1 < 2\n```\n<b>\n```\nend";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_user_lists_reads_names_and_removes_threads_and_sees_nobody_elses()
    {
        await using var service = await StartAsync();
        await using var client = await service.ConnectAsync();
        using var ada = new ThreadHttp(service.Address);
        using var bob = new ThreadHttp(service.Address, "bob");
        await client.RunAsync("What is tea?\nTell me more.", threadId: "first");
        await client.RunAsync("And coffee?", threadId: "second");
        await client.RunAsync("Once more.", threadId: "first");

        var threads = (await ada.GetAsync("/api/v1/threads")).GetProperty("threads").EnumerateArray().ToList();
        Assert.Equal(["first", "second"], threads.Select(t => t.GetProperty("threadId").GetString()));
        Assert.Equal(["What is tea? Tell me more.", "And coffee?"], threads.Select(t => t.GetProperty("title").GetString()));
        Assert.Equal("Triage Agent", threads[0].GetProperty("agent").GetString());
        Assert.Equal(JsonValueKind.Null, threads[0].GetProperty("whenBusy").ValueKind);
        Assert.Empty((await bob.GetAsync("/api/v1/threads")).GetProperty("threads").EnumerateArray());

        var messages = await ada.MessagesAsync("first");
        Assert.Equal(["user", "assistant", "user", "assistant"], messages.Select(m => m.GetProperty("role").GetString()));
        Assert.Equal("You said: Once more.", messages[3].GetProperty("content").GetString());
        Assert.Equal([1, 2, 3, 4], messages.Select(m => m.GetProperty("position").GetInt64()));

        using (var changed = await ada.SendAsync(HttpMethod.Patch, ThreadHttp.Path("first"), """{"title":" Tea ","whenBusy":"reject"}"""))
        {
            var body = JsonElement.Parse(await changed.Content.ReadAsStringAsync(Token));
            Assert.Equal(("Tea", "reject"), (body.GetProperty("title").GetString(), body.GetProperty("whenBusy").GetString()));
        }

        foreach (var (method, rest, body) in new[]
        {
            (HttpMethod.Get, "/messages", null), (HttpMethod.Get, "/export", null), (HttpMethod.Delete, "", null), (HttpMethod.Patch, "", """{"title":"Mine"}"""),
        })
        {
            Assert.Equal(HttpStatusCode.NotFound, await bob.StatusAsync(method, ThreadHttp.Path("first", rest), body));
        }

        Assert.Equal(HttpStatusCode.NoContent, await ada.StatusAsync(HttpMethod.Delete, ThreadHttp.Path("first")));
        Assert.Equal(HttpStatusCode.NotFound, await ada.StatusAsync(HttpMethod.Get, ThreadHttp.Path("first", "/messages")));
        Assert.Equal("second", Assert.Single((await ada.GetAsync("/api/v1/threads")).GetProperty("threads").EnumerateArray()).GetProperty("threadId").GetString());
        Assert.Equal((1, 2, 1), (await service.CountAsync("threads"), await service.CountAsync("messages"), await service.CountAsync("runs")));

        // its name is free again, and nothing is remembered
        await client.RunAsync("Fresh.", threadId: "first");
        Assert.Equal(2, (await ada.MessagesAsync("first")).Count);
    }

    [Fact]
    public async Task Pages_join_without_gap_or_repetition()
    {
        await using var service = await StartAsync();
        await using var client = await service.ConnectAsync();
        using var ada = new ThreadHttp(service.Address);
        for (var i = 0; i < 5; i++)
        {
            await client.RunAsync($"question {i}", threadId: $"t{i}");
            await client.RunAsync($"question {i}", threadId: "long");
        }

        List<string?> ids = [];
        var query = "?limit=2";
        while (true)
        {
            var page = await ada.GetAsync($"/api/v1/threads{query}");
            ids.AddRange(page.GetProperty("threads").EnumerateArray().Select(t => t.GetProperty("threadId").GetString()));
            if (page.GetProperty("next").GetString() is not { } next)
            {
                break;
            }

            query = $"?limit=2&after={Uri.EscapeDataString(next)}";
        }

        Assert.Equal(["long", "t4", "t3", "t2", "t1", "t0"], ids);

        List<long> positions = [];
        query = "?limit=3";
        while (true)
        {
            var page = await ada.GetAsync(ThreadHttp.Path("long", $"/messages{query}"));
            positions.InsertRange(0, page.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("position").GetInt64()));
            if (page.GetProperty("before").ValueKind == JsonValueKind.Null)
            {
                break;
            }

            query = $"?limit=3&before={page.GetProperty("before").GetInt64()}";
        }

        Assert.Equal(Enumerable.Range(1, 10).Select(i => (long)i), positions);
    }

    [Fact]
    public async Task A_thread_that_a_dialect_named_is_its_users_and_a_rooms_is_nobodys()
    {
        await using var service = await StartAsync();
        const string UserId = "小明 a";
        const string Room = $"~room/user_{UserId}_room";
        using var user = new ThreadHttp(service.Address, UserId);
        await using (var socket = await JsonSocket.ConnectAsync(service.Address, $"/ws/chat/{Uri.EscapeDataString(UserId)}"))
        {
            await socket.SendAsync("""{"type":"general_chat","data":{"message":"你好"}}""");
            await socket.ReceiveUntilAsync(frame => frame.GetRawText().Contains("\"done\"", StringComparison.Ordinal));
        }

        await using var client = await service.ConnectAsync(UserId);
        Assert.Equal("RUN_FINISHED", (await client.RunAsync("in my private room", threadId: Room)).End);
        await client.RunAsync("a question", threadId: "tea/ü %2F?#");

        var listed = (await user.GetAsync("/api/v1/threads")).GetProperty("threads").EnumerateArray().Select(t => t.GetProperty("threadId").GetString()!).ToList();
        Assert.Equal(2, listed.Count);
        Assert.Equal("tea/ü %2F?#", listed[0]);
        Assert.StartsWith("~aurawell/%E5%B0%8F", listed[1], StringComparison.Ordinal);
        foreach (var threadId in listed)
        {
            Assert.Equal(2, (await user.MessagesAsync(threadId)).Count);
        }

        Assert.Equal(HttpStatusCode.NotFound, await user.StatusAsync(HttpMethod.Get, ThreadHttp.Path(Room, "/messages")));
        Assert.Equal(HttpStatusCode.NotFound, await user.StatusAsync(HttpMethod.Delete, ThreadHttp.Path(Room)));
    }

    [Fact]
    public async Task A_thread_of_many_pages_is_exported_whole_as_json_and_as_markdown()
    {
        await using var service = await StartAsync();
        await using var client = await service.ConnectAsync();
        using var ada = new ThreadHttp(service.Address);
        var history = Enumerable.Range(0, 450).Select(i => new { role = i % 2 == 0 ? "user" : "assistant", content = $"message {i}" });
        var runId = Guid.CreateVersion7();
        await client.SendAsync(JsonSerializer.Serialize(new { type = "run", runId, threadId = "t", messages = history.Append(new { role = "user", content = Tricky }) }));
        await client.ReadToEndAsync(new Transcript(runId));
        Assert.Equal(HttpStatusCode.OK, await ada.StatusAsync(HttpMethod.Patch, ThreadHttp.Path("t"), """{"title":"Tea: 茶 / \"*green*\""}"""));

        using (var response = await ada.SendAsync(HttpMethod.Get, ThreadHttp.Path("t", "/export")))
        {
            Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
            var disposition = response.Content.Headers.ContentDisposition!;
            Assert.Equal(("attachment", "Tea_ 茶 _ _*green*_.json".Replace('*', '_')), (disposition.DispositionType, disposition.FileNameStar));
            var export = JsonElement.Parse(await response.Content.ReadAsStringAsync(Token));
            var messages = export.GetProperty("messages").EnumerateArray().ToList();
            Assert.Equal(Enumerable.Range(1, 452).Select(i => (long)i), messages.Select(m => m.GetProperty("position").GetInt64()));
            Assert.Equal("message 449", messages[449].GetProperty("content").GetString());
            Assert.Equal(Tricky, messages[450].GetProperty("content").GetString());
            Assert.Equal("t", export.GetProperty("thread").GetProperty("threadId").GetString());
        }

        using (var response = await ada.SendAsync(HttpMethod.Get, ThreadHttp.Path("t", "/export?format=markdown")))
        {
            Assert.Equal("text/markdown", response.Content.Headers.ContentType!.MediaType);
            var markdown = await response.Content.ReadAsStringAsync(Token);
            Assert.StartsWith("# Tea: 茶 / \"\\*green\\*\"\n", markdown, StringComparison.Ordinal);
            Assert.Contains("> message 0\n", markdown, StringComparison.Ordinal);

            // no message can pass for another one, and HTML is shown
            Assert.Equal(1 + 452, markdown.Split('\n').Count(l => l.StartsWith('#')));
            Assert.Contains("> ## Assistant\n> &lt;script>alert(1)&lt;/script> 1 < 2\n> ```\n> <b>\n> ```\n", markdown, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_cannot_be_is_refused_with_words()
    {
        await using var service = await StartAsync();
        using var ada = new ThreadHttp(service.Address);
        (HttpMethod Method, string Path, string? Body)[] requests =
        [
            (HttpMethod.Get, "/api/v1/threads?limit=0", null),
            (HttpMethod.Get, "/api/v1/threads?limit=101", null),
            (HttpMethod.Get, "/api/v1/threads?limit=x", null),
            (HttpMethod.Get, "/api/v1/threads?after=x", null),
            (HttpMethod.Get, "/api/v1/threads/t/messages?limit=201", null),
            (HttpMethod.Get, "/api/v1/threads/t/messages?before=0", null),
            (HttpMethod.Get, "/api/v1/threads/t/export?format=pdf", null),
            (HttpMethod.Patch, "/api/v1/threads/t", "{}"),
            (HttpMethod.Patch, "/api/v1/threads/t", "["),
            (HttpMethod.Patch, "/api/v1/threads/t", """{"title":" "}"""),
            (HttpMethod.Patch, "/api/v1/threads/t", """{"title":"a\u0000b"}"""),
            (HttpMethod.Patch, "/api/v1/threads/t", """{"title":"\ud83d"}"""),
            (HttpMethod.Patch, "/api/v1/threads/t", """{"whenBusy":"never"}"""),
            (HttpMethod.Patch, "/api/v1/threads/t", """{"whenBusy":7}"""),
        ];
        foreach (var (method, path, body) in requests)
        {
            using var response = await ada.SendAsync(method, path, body);
            Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{method} {path} {body}: {response.StatusCode}");
            Assert.NotEqual("", JsonElement.Parse(await response.Content.ReadAsStringAsync(Token)).GetProperty("detail").GetString());
        }

        using (var large = await ada.SendAsync(HttpMethod.Patch, "/api/v1/threads/t", new string(' ', 17 * 1024)))
        {
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
            Assert.NotEqual("", JsonElement.Parse(await large.Content.ReadAsStringAsync(Token)).GetProperty("detail").GetString());
        }

        // in mode open the query says who it is
        using var http = new HttpClient { BaseAddress = service.Address };
        using var nobody = await http.GetAsync("/api/v1/threads", Token);
        Assert.Equal(HttpStatusCode.Forbidden, nobody.StatusCode);
    }

    private async Task<WholeService> StartAsync(params (string Key, string Value)[] settings) =>
        await WholeService.StartAsync(await broker.CreateVirtualHostAsync(), Echo, tools: null, store: null, settings);

    private static async IAsyncEnumerable<ChatResponseUpdate> Echo(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        yield return Text($"You said: {messages[^1].Text}");
    }
}
