using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.EndToEndTests.Distributed;

/// <summary>The broker's users as docs/operations.md creates them: the services need no other rights, and a stolen user cannot do more.</summary>
public sealed partial class BrokerUsersTests(BrokerUsersTests.Stack stack) : IClassFixture<BrokerUsersTests.Stack>
{
    private const string Contracts = "StreamChat.Contracts.";

    [Fact]
    public async Task Everything_works_with_them()
    {
        var token = await stack.TokenAsync("ada");
        await using (var one = await NativeClient.ConnectAsync(stack.Gateways[0].BaseAddress, "ada", token))
        await using (var other = await NativeClient.ConnectAsync(stack.Gateways[1].BaseAddress, "ada", token))
        {
            await AskWithToolsAsync(one);

            // attach from another gateway, and cancel from there
            var run = new Transcript(await one.StartAsync("/load 100000 200"));
            await one.ReadUntilAsync(run, () => run.Deltas >= 20);
            var attached = new Transcript(run.RunId, asked: false);
            await other.SendAsync(JsonSerializer.Serialize(new { type = "attach", runId = run.RunId }));
            await other.ReadUntilAsync(attached, () => attached.Deltas >= 5);
            await other.SendAsync(JsonSerializer.Serialize(new { type = "cancel", runId = run.RunId }));
            await one.ReadToEndAsync(run);
            await other.ReadToEndAsync(attached);
            Assert.Equal(("cancelled", "cancelled"), (run.Code, attached.Code));

            // a room: a request over the bus, and presence
            foreach (var client in new[] { one, other })
            {
                await client.SendAsync("""{"type":"join","threadId":"~room/user_ada_room"}""");
                await client.ReceiveAsync("joined");
            }

            // history, and what an operator asks of all gateways
            Assert.Contains("threads", await stack.GetAsync("/api/v1/threads", token), StringComparison.Ordinal);
            Assert.Contains("ada", await stack.GetAsync("/connections", stack.Key), StringComparison.Ordinal);
            Assert.Equal(200, await stack.PostAsync("/broadcast", new { message_type = "data", content = "hello" }));
            Assert.Equal("hello", (await other.ReceiveAsync("broadcast")).GetProperty("content").GetString());

            // a revocation closes the sockets on both gateways
            Assert.Equal(200, await stack.PostAsync("/auth/revoke", new { user_id = "ada" }));
            Assert.All(await Task.WhenAll(one.WaitForCloseAsync(), other.WaitForCloseAsync()), code => Assert.Equal(4003, code));
        }

        // every service finds its way back, and finds the queues that are there already
        await stack.RestartAsync();
        await using (var again = await NativeClient.ConnectAsync(stack.Gateways[0].BaseAddress, "grace", await stack.TokenAsync("grace")))
        {
            await AskWithToolsAsync(again);
        }

        // a message that nobody can read is kept in the error queue
        foreach (var (user, exchange, queue) in new[] { ("gateway", $"{Contracts}Tools:CallTool", "tool-calls"), ("gateway", $"{Contracts}Runs:StartRun", "agent-runs") })
        {
            Assert.False(await IsRefusedAsync(user, PublishTo(exchange)));
            var reader = queue == "tool-calls" ? "tool-worker" : "agent-worker";
            await Eventually.TrueAsync(async () => await CountAsync(reader, $"{queue}_error") == 1);
        }

        Assert.DoesNotContain("ACCESS_REFUSED", stack.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("access to ", stack.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("tool-worker", "Runs:StartRun", "Runs:CancelRun", "Runs:AttachRun", "Runs:AnswerToolCall", "Gateways:TokensRevoked", "Gateways:Broadcast", "Rooms:JoinRoom", "Threads:ReadThread", "Tools:CallTool")]
    [InlineData("agent-worker", "Runs:StartRun", "Gateways:TokensRevoked", "Gateways:RevocationsAnnounced", "Gateways:Broadcast", "Gateways:ListConnections", "Rooms:JoinRoom", "Threads:DeleteThread", "Tools:ToolsAnnounced")]
    [InlineData("gateway", "Agents:AgentsAnnounced", "Runs:RunsAnnounced", "Rooms:RoomsChanged", "Tools:ToolsAnnounced")]
    public async Task A_stolen_user_publishes_nothing_that_is_not_its_services_part(string user, params string[] messages)
    {
        foreach (var message in messages)
        {
            Assert.True(await IsRefusedAsync(user, PublishTo(Contracts + message)), $"{user} may publish {message}");
        }

        // past the exchanges, straight into a queue
        Assert.True(await IsRefusedAsync(user, channel => channel.BasicPublishAsync("", "agent-runs", mandatory: true, Garbage).AsTask()), $"{user} may use the default exchange");
    }

    [Theory]
    [InlineData("tool-worker", "agent-runs", "Runs:StartRun")]
    [InlineData("agent-worker", "tool-calls", "Gateways:TokensRevoked")]
    [InlineData("gateway", "agent-runs", "Tools:ToolsAnnounced")]
    public async Task A_stolen_user_reads_nothing_of_others(string user, string queue, string message)
    {
        Assert.True(await IsRefusedAsync(user, channel => channel.BasicGetAsync(queue, autoAck: false)), $"{user} may read {queue}");
        Assert.True(await IsRefusedAsync(user, async channel =>
        {
            var own = $"{user}-thief";
            await channel.QueueDeclareAsync(own, durable: false, exclusive: true, autoDelete: true);
            await channel.QueueBindAsync(own, Contracts + message, "");
        }), $"{user} may have copies of {message}");
        Assert.True(await IsRefusedAsync(user, channel => channel.QueueDeleteAsync(user == "gateway" ? "agent-runs_error" : "gateway-x")), $"{user} may delete");
    }

    private static readonly ReadOnlyMemory<byte> Garbage = Encoding.UTF8.GetBytes("no envelope");

    private static Func<IChannel, Task> PublishTo(string exchange) =>
        channel => channel.BasicPublishAsync(exchange, "", mandatory: false, new BasicProperties { Persistent = true, ContentType = "application/vnd.masstransit+json" }, Garbage).AsTask();

    private static async Task AskWithToolsAsync(NativeClient client)
    {
        var run = await client.RunAsync("What is 12.5% of 1,847, and what time is it in Tokyo?");
        Assert.Equal("RUN_FINISHED", run.End);
        Assert.Equal(["calculator", "current_time"], run.ToolCalls.Select(c => c.Name).Order());
        Assert.DoesNotContain(run.ToolCalls, c => c.IsError);
    }

    private async Task<uint> CountAsync(string user, string queue)
    {
        uint messages = 0;
        return await IsRefusedAsync(user, async channel => messages = (await channel.QueueDeclarePassiveAsync(queue)).MessageCount) ? 0 : messages;
    }

    /// <summary>Whether the broker refuses what a user does, by closing the channel with 403.</summary>
    private async Task<bool> IsRefusedAsync(string user, Func<IChannel, Task> act)
    {
        var factory = new ConnectionFactory { Uri = stack.UriOf(user), AutomaticRecoveryEnabled = false };
        await using var connection = await factory.CreateConnectionAsync(TestContext.Current.CancellationToken);
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), TestContext.Current.CancellationToken);
        try
        {
            await act(channel);
            return false;
        }
        catch (Exception e) when (e is OperationInterruptedException or PublishException)
        {
            return channel.CloseReason?.ReplyCode switch
            {
                403 => true,
                404 => false, // not there, and so not refused
                _ => throw new InvalidOperationException($"{user}: {channel.CloseReason}", e),
            };
        }
    }

    /// <summary>The distributed stack over a broker of its own that has only the documented users.</summary>
    public sealed partial class Stack : IAsyncLifetime
    {
        private readonly RabbitMqServer _broker = RabbitMqServer.OfOurOwn();
        private readonly TemporaryFolder _folder = new();
        private readonly Dictionary<string, string> _passwords = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string?> _settings = [];
        private readonly List<ServiceProcess> _processes = [];
        private readonly HttpClient _http = new();

        public string Key { get; } = "sck_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

        public IReadOnlyList<ServiceProcess> Gateways => [.. _processes.Where(p => p.Service == "gateway" && !p.Process.HasExited)];

        public async ValueTask InitializeAsync()
        {
            await _broker.StartAsync();
            foreach (var command in DocumentedCommands())
            {
                await _broker.ControlAsync([.. command.Select(WithPassword)]);
            }

            Assert.Equal(["agent-worker", "gateway", "tool-worker"], _passwords.Keys.Order());
            _settings["Store__ConnectionString"] = $"Data Source={_folder.File("streamchat.db")}";
            _settings["Model__Demo__TokensPerSecond"] = "200";
            _settings["Auth__Mode"] = "required";
            _settings["Auth__KeysPath"] = _folder.File("keys");
            _settings["Auth__Keys__0__Hash"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)));
            _settings["Auth__Keys__0__Subject"] = "operator";
            _settings["Auth__Keys__0__Roles__0"] = "admin";
            foreach (var service in (string[])["gateway", "gateway", "agent-worker", "tool-worker"])
            {
                Start(service);
            }

            await Task.WhenAll(_processes.Select(p => p.WaitUntilReadyAsync()));
        }

        public Uri UriOf(string user) => new UriBuilder(_broker.Uri) { UserName = user, Password = _passwords[user] }.Uri;

        /// <summary>Stops every process and starts as many.</summary>
        public async Task RestartAsync()
        {
            var stopped = _processes.ToList();
            await Task.WhenAll(stopped.Select(p => p.StopAsync()));
            foreach (var process in stopped)
            {
                Start(process.Service);
            }

            await Task.WhenAll(_processes.Except(stopped).Select(p => p.WaitUntilReadyAsync()));
        }

        public async Task<string> TokenAsync(string userId)
        {
            using var response = await SendAsync(HttpMethod.Post, "/auth/token", Key, JsonContent.Create(new { user_id = userId }));
            using var json = JsonDocument.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
            return json.RootElement.GetProperty("access_token").GetString()!;
        }

        public async Task<string> GetAsync(string path, string credential)
        {
            using var response = await SendAsync(HttpMethod.Get, path, credential, null);
            return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
        }

        public async Task<int> PostAsync(string path, object body)
        {
            using var response = await SendAsync(HttpMethod.Post, path, Key, JsonContent.Create(body));
            return (int)response.StatusCode;
        }

        /// <summary>What all processes wrote, to go with a failure.</summary>
        public override string ToString() => string.Join("\n", _processes);

        public async ValueTask DisposeAsync()
        {
            await Task.WhenAll(_processes.Select(p => p.DisposeAsync().AsTask()));
            await _broker.DisposeAsync();
            _http.Dispose();
            _folder.Dispose();
        }

        /// <summary>The arguments of each rabbitmqctl in the section of docs/operations.md.</summary>
        private static IEnumerable<string[]> DocumentedCommands()
        {
            var text = File.ReadAllText(Path.Combine(RepositoryLayout.Root, "docs", "operations.md"));
            var section = text[text.IndexOf("### A user for each service", StringComparison.Ordinal)..];
            var script = section.Split("```sh")[1].Split("```")[0].Replace("\\\n", " ", StringComparison.Ordinal);
            return script.Split('\n')
                .Select(line => Word.Matches(line).Select(m => m.Groups["quoted"].Success ? m.Groups["quoted"].Value : m.Value).ToArray())
                .Where(words => words is ["rabbitmqctl", ..])
                .Select(words => words[1..]);
        }

        private string WithPassword(string argument)
        {
            if (Password.Match(argument) is not { Success: true } match)
            {
                return argument;
            }

            var user = match.Groups["user"].Value.ToLowerInvariant().Replace('_', '-');
            return _passwords[user] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        }

        private void Start(string service)
        {
            _settings["Bus__Uri"] = UriOf(service).ToString();
            _processes.Add(ServiceProcess.Start(service, _settings));
        }

        private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string credential, HttpContent? content)
        {
            using var request = new HttpRequestMessage(method, new Uri(Gateways[0].BaseAddress, path)) { Content = content };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
            return await _http.SendAsync(request);
        }

        [GeneratedRegex("""'(?<quoted>[^']*)'|"(?<quoted>[^"]*)"|\S+""")]
        private static partial Regex Word { get; }

        [GeneratedRegex(@"^\$(?<user>[A-Z_]+)_PASSWORD$")]
        private static partial Regex Password { get; }
    }
}
