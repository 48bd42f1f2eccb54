using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using StreamChat.EndToEndTests.Samples;
using StreamChat.EndToEndTests.Standalone;
using StreamChat.TestSupport.Processes;

namespace StreamChat.EndToEndTests.Page;

/// <summary>Pages that are not the server's own, in a real Chromium: what they can do is what the browser and the server together allow.</summary>
[Collection(nameof(StandaloneCollection))]
public sealed class CrossOriginTests(StandaloneServer server)
{
    /// <summary>Tries all ways to use the server from a page; each value says what came of one.</summary>
    private const string TryAll = """
        async ([server, user]) => {
          const read = async (path, init) => { try { return (await fetch(server + path, init)).status; } catch { return 'unreadable'; } };
          const over = (source) => new Promise((resolve) => {
            source.onopen = () => resolve('open');
            source.onerror = () => resolve('error');
          });
          const image = new Image();
          const shown = new Promise((resolve) => { image.onload = image.onerror = resolve; });
          image.src = `${server}/agent_chat_stream?user_id=${user}&query=${encodeURIComponent('add a note: image')}`;
          await shown;
          await fetch(`${server}/agent_chat_stream?user_id=${user}&query=hi`, { mode: 'no-cors' }).catch(() => {});
          await fetch(`${server}/broadcast?message_type=notification&content=hi`, { method: 'POST', mode: 'no-cors' }).catch(() => {});
          const socket = new WebSocket(`${server.replace('http', 'ws')}/ws/v1?user_id=${user}`, 'streamchat.v1');
          const socketResult = over(socket);
          const stream = new EventSource(`${server}/agent_chat_stream?user_id=${user}&query=hi`);
          const streamResult = over(stream);
          const results = {
            threads: await read(`/api/v1/threads?user_id=${user}`),
            catalog: await read(`/api/v1/catalog`),
            status: await read('/status'),
            unknown: await read(`/api/v1/threads/none/messages?user_id=${user}`),
            socket: await socketResult,
            stream: await streamResult,
          };
          socket.close();
          stream.close();
          return JSON.stringify(results);
        }
        """;

    private const string Chat = """
        async ([server, user]) => {
          const { connect } = await import(`${server}/client/index.js`);
          const client = connect(`${server.replace('http', 'ws')}/ws/v1`, { userId: user });
          let text = '';
          for await (const event of client.run({ text: 'What is 12 * 12?', threadId: `from-elsewhere-${user}` })) {
            text += event.type === 'TEXT_MESSAGE_CONTENT' ? event.delta : '';
          }
          client.close();
          return text;
        }
        """;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private string Address => server.Process.BaseAddress.GetLeftPart(UriPartial.Authority);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_page_of_another_local_port_chats_and_reads(string host)
    {
        await using var sample = await SamplePage.OpenAsync("<!doctype html><title>mine</title>", FreeOrigin(), host);
        Assert.Contains("144", await sample.Page.EvaluateAsync<string>(Chat, new[] { Address, $"local-{host}" }), StringComparison.Ordinal);
        var results = await TryAllAsync(sample, Address, $"local-{host}");
        Assert.Equal(
            ("200", "200", "200", "404", "open", "open"),
            (results["threads"], results["catalog"], results["status"], results["unknown"], results["socket"], results["stream"]));
    }

    [Fact]
    public async Task A_page_of_a_foreign_host_can_do_nothing()
    {
        await using var sample = await SamplePage.OpenAsync("<!doctype html><title>evil</title>", FreeOrigin(), Chromium.ForeignHost);
        await AssertNothingAsync(sample, Address, 403);
    }

    [Fact]
    public async Task A_page_whose_host_name_is_rebound_to_the_server_can_do_nothing()
    {
        var rebound = new UriBuilder(server.Process.BaseAddress) { Host = Chromium.ForeignHost }.Uri;

        // the page was loaded before its name was made to point here; to the browser it and the server are one origin
        await using var sample = await SamplePage.OpenAsync(rebound);
        Assert.Equal(rebound.GetLeftPart(UriPartial.Authority), await sample.Page.EvaluateAsync<string>("location.origin"));
        await AssertNothingAsync(sample, rebound.GetLeftPart(UriPartial.Authority), 421, readable: true);
    }

    [Fact]
    public async Task Where_tokens_are_needed_a_listed_page_uses_one_and_another_cannot()
    {
        const string Key = "sck_of-the-end-to-end-tests";
        using var folder = new TemporaryFolder();
        var listed = FreeOrigin();
        await using var guarded = await ServiceProcess.StartReadyAsync("standalone", new Dictionary<string, string?>
        {
            ["Store__ConnectionString"] = $"Data Source={folder.File("streamchat.db")}",
            ["Auth__Mode"] = "required",
            ["Auth__Keys__0__Hash"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key))),
            ["Auth__Keys__0__Subject"] = "tests",
            ["Auth__Keys__0__Roles__0"] = "tokens",
            ["Auth__Origins__0"] = listed.GetLeftPart(UriPartial.Authority),
        });
        using var http = new HttpClient { BaseAddress = guarded.BaseAddress, DefaultRequestHeaders = { { "X-Api-Key", Key } } };
        using var made = await http.PostAsJsonAsync("/auth/token", new { user_id = "ada" }, TestContext.Current.CancellationToken);
        var token = JsonElement.Parse(await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("access_token").GetString();
        const string Read = """
            async ([server, token]) => {
              const read = async (headers) => { try { return String((await fetch(`${server}/api/v1/threads`, { headers })).status); } catch { return 'unreadable'; } };
              return `${await read({ Authorization: `Bearer ${token}` })} ${await read({})}`;
            }
            """;
        var arguments = new[] { guarded.BaseAddress.GetLeftPart(UriPartial.Authority), token };
        await using (var mine = await SamplePage.OpenAsync("<!doctype html><title>mine</title>", listed))
        {
            Assert.Equal("200 401", await mine.Page.EvaluateAsync<string>(Read, arguments));
        }

        await using (var other = await SamplePage.OpenAsync("<!doctype html><title>other</title>", FreeOrigin()))
        {
            Assert.Equal("unreadable unreadable", await other.Page.EvaluateAsync<string>(Read, arguments));
        }
    }

    private static Uri FreeOrigin() => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePorts.Next()}"));

    private static async Task<Dictionary<string, string>> TryAllAsync(SamplePage sample, string address, string user) =>
        JsonElement.Parse(await sample.Page.EvaluateAsync<string>(TryAll, new[] { address, user }).WaitAsync(Deadline)).EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ToString());

    private async Task AssertNothingAsync(SamplePage sample, string address, int status, bool readable = false)
    {
        var user = $"victim-{status}";
        ConcurrentBag<(string Url, int Status)> answers = [];
        ConcurrentBag<string> requests = [];
        sample.Page.Request += (_, request) => requests.Add(request.Url);
        sample.Page.Response += (_, response) => answers.Add((response.Url, response.Status));
        var results = await TryAllAsync(sample, address, user);
        Assert.All(["threads", "catalog", "status", "unknown"], name => Assert.Equal(readable ? $"{status}" : "unreadable", results[name]));
        Assert.Equal(("error", "error"), (results["socket"], results["stream"]));

        // of another origin the browser hides the answer to an image that is none, and shows the others
        Assert.Contains(readable ? answers.Select(a => a.Url) : requests, url => url.Contains("image", StringComparison.Ordinal));
        Assert.NotEmpty(answers);
        Assert.All(answers, a => Assert.Equal(status, a.Status));

        // no run was started in the user's name
        using var http = new HttpClient { BaseAddress = server.Process.BaseAddress };
        var threads = await http.GetStringAsync($"/api/v1/threads?user_id={user}", TestContext.Current.CancellationToken);
        Assert.Equal(0, JsonElement.Parse(threads).GetProperty("threads").GetArrayLength());
    }
}
