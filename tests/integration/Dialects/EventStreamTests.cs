using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.AI;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Waiting;
using static StreamChat.IntegrationTests.Runs.ScriptedModel;

namespace StreamChat.IntegrationTests.Dialects;

/// <summary>Answers as server-sent events: whole, cut off, and gone on with.</summary>
public sealed class EventStreamTests(RabbitMqServer broker)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // what the model is to say next
    private readonly Channel<string> _words = Channel.CreateUnbounded<string>();

    [Fact]
    public async Task An_answer_is_streamed_as_it_is_said()
    {
        await using var service = await StartAsync();
        using var reader = await OpenAsync(service, "/agent_chat_stream?query=go&session_id=s");
        Assert.Equal("text/event-stream", reader.ContentType);
        foreach (var word in new[] { "one ", "two ", "three " })
        {
            // the next word is said only when the one before has been read: nothing on the way waits for more
            _words.Writer.TryWrite(word);
            Assert.Equal(("content", word), Content(await reader.ReadAsync()));
        }

        _words.Writer.Complete();
        var done = await reader.ReadAsync();
        Assert.Equal("""{"type":"done"}""", done.Data);
        Assert.Null(await reader.TryReadAsync());

        // a browser comes back after every end, and is told that there is nothing more
        using var again = await SendAsync(service, "/agent_chat_stream?query=go&session_id=s", done.Id);
        Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);
        Assert.Equal(1, await service.CountAsync("runs"));
    }

    [Fact]
    public async Task A_stream_that_was_cut_off_goes_on_and_every_word_comes_once()
    {
        await using var service = await StartAsync();
        List<string> seen = [];
        string? position;
        using (var reader = await OpenAsync(service, "/agent_chat_stream?query=go"))
        {
            _words.Writer.TryWrite("w0 ");
            _words.Writer.TryWrite("w1 ");
            while (string.Concat(seen) != "w0 w1 ")
            {
                seen.Add(Content(await reader.ReadAsync()).Text!);
            }

            position = reader.LastId;
        }

        // said while nobody listens, and then while somebody does again
        _words.Writer.TryWrite("w2 ");
        _words.Writer.TryWrite("w3 ");
        using (var reader = await OpenAsync(service, "/agent_chat_stream?query=go", position))
        {
            while (string.Concat(seen) != "w0 w1 w2 w3 ")
            {
                seen.Add(Content(await reader.ReadAsync()).Text!);
            }

            _words.Writer.TryWrite("w4");
            Assert.Equal(("content", "w4"), Content(await reader.ReadAsync()));
            position = reader.LastId;
        }

        // and once more, when it has ended meanwhile
        _words.Writer.Complete();
        using (var reader = await OpenAsync(service, "/agent_chat_stream?query=go", position))
        {
            Assert.Equal("""{"type":"done"}""", (await reader.ReadAsync()).Data);
        }

        Assert.Equal(1, await service.CountAsync("runs"));
    }

    [Fact]
    public async Task A_stream_that_was_cut_off_before_its_first_word_does_not_ask_again()
    {
        await using var service = await StartAsync();
        string? position;
        using (var reader = await OpenAsync(service, "/agent_chat_stream?query=go"))
        {
            position = await reader.ReadIdAsync();
        }

        _words.Writer.TryWrite("one");
        _words.Writer.Complete();
        using (var reader = await OpenAsync(service, "/agent_chat_stream?query=go", position))
        {
            Assert.Equal(("content", "one"), Content(await reader.ReadAsync()));
            Assert.Equal("""{"type":"done"}""", (await reader.ReadAsync()).Data);
        }

        Assert.Equal(1, await service.CountAsync("runs"));
    }

    [Fact]
    public async Task Nobody_goes_on_with_what_is_not_theirs()
    {
        await using var service = await StartAsync();
        using var reader = await OpenAsync(service, "/agent_chat_stream?query=go&user_id=ada");
        var position = await reader.ReadIdAsync();
        using var other = await OpenAsync(service, "/agent_chat_stream?query=go&user_id=bob", position);
        var refused = await other.ReadAsync();
        Assert.Equal("error", JsonElement.Parse(refused.Data!).GetProperty("type").GetString());
        Assert.EndsWith(":end", refused.Id, StringComparison.Ordinal);
        Assert.Null(await other.TryReadAsync());
    }

    [Fact]
    public async Task A_bad_question_is_told_so()
    {
        await using var service = await StartAsync();
        using var missing = await SendAsync(service, "/agent_chat_stream?session_id=s");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, missing.StatusCode);
        Assert.Equal(
            """{"detail":[{"loc":["query","query"],"msg":"field required","type":"value_error.missing"}]}""",
            await missing.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        using var doubtful = await SendAsync(service, "/agent_chat_stream?query=go&verbose=maybe");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, doubtful.StatusCode);

        using var empty = await OpenAsync(service, "/agent_chat_stream?query=");
        Assert.Equal("error", JsonElement.Parse((await empty.ReadAsync()).Data!).GetProperty("type").GetString());
        Assert.Null(await empty.TryReadAsync());
    }

    [Fact]
    public async Task A_stream_takes_a_place_and_gives_it_back()
    {
        await using var service = await StartAsync(("Limits:Connections", "1"));
        using (await OpenAsync(service, "/agent_chat_stream?query=go"))
        {
            using var refused = await SendAsync(service, "/agent_chat_stream?query=go");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        await Eventually.TrueAsync(async () =>
        {
            using var response = await SendAsync(service, "/agent_chat_stream?query=go");
            return response.StatusCode == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task A_silent_stream_shows_that_it_lives()
    {
        await using var service = await StartAsync(("Limits:Heartbeat", "00:00:00.2"));
        using var reader = await OpenAsync(service, "/agent_chat_stream?query=go");
        Assert.Equal(":", await reader.ReadLineAsync(line => line.StartsWith(':')));
    }

    private static (string? Type, string? Text) Content(ServerSentEvent e)
    {
        var data = JsonElement.Parse(e.Data!);
        return (data.GetProperty("type").GetString(), data.GetProperty("content").GetString());
    }

    private static async Task<HttpResponseMessage> SendAsync(WholeService service, string address, string? lastEventId = null)
    {
        // a connection of its own, which is cut when the response is disposed
        var http = new HttpClient { Timeout = Patience };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(service.Address, address));
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    private static async Task<EventReader> OpenAsync(WholeService service, string address, string? lastEventId = null)
    {
        var response = await SendAsync(service, address, lastEventId);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return new EventReader(response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    private async Task<WholeService> StartAsync(params (string Key, string Value)[] settings) =>
        await WholeService.StartAsync(await broker.CreateVirtualHostAsync(), Script, settings: settings);

    private async IAsyncEnumerable<ChatResponseUpdate> Script(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var word in _words.Reader.ReadAllAsync(cancellationToken))
        {
            yield return Text(word);
        }
    }

    private sealed record ServerSentEvent(string? Id, string? Data);

    /// <summary>Reads a stream as a browser does: an event without data only moves the position.</summary>
    private sealed class EventReader(HttpResponseMessage response, Stream body) : IDisposable
    {
        private readonly StreamReader _lines = new(body, Encoding.UTF8);

        public string? ContentType => response.Content.Headers.ContentType?.MediaType;

        public string? LastId { get; private set; }

        public async Task<ServerSentEvent> ReadAsync() => await TryReadAsync() ?? throw new EndOfStreamException();

        /// <summary>The next event with data; null at the end.</summary>
        public async Task<ServerSentEvent?> TryReadAsync()
        {
            using var deadline = new CancellationTokenSource(Patience);
            string? data = null;
            while (await _lines.ReadLineAsync(deadline.Token) is { } line)
            {
                if (line.Length == 0 && data is not null)
                {
                    return new ServerSentEvent(LastId, data);
                }

                Take(line, ref data);
            }

            return null;
        }

        public async Task<string> ReadIdAsync() => (await ReadLineAsync(line => line.StartsWith("id: ", StringComparison.Ordinal)))[4..];

        public async Task<string> ReadLineAsync(Func<string, bool> wanted)
        {
            using var deadline = new CancellationTokenSource(Patience);
            while (await _lines.ReadLineAsync(deadline.Token) is { } line)
            {
                if (wanted(line))
                {
                    return line;
                }
            }

            throw new EndOfStreamException();
        }

        public void Dispose()
        {
            _lines.Dispose();
            response.Dispose();
        }

        private void Take(string line, ref string? data)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                LastId = line[4..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                data += line[6..];
            }
        }
    }
}
