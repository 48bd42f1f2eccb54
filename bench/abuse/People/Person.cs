using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using StreamChat.Abuse.Network;

namespace StreamChat.Abuse.People;

/// <summary>
/// Somebody who behaves well: asks one question after the other, comes back when the connection breaks, and asks again with the same run
/// id, as the protocol wants.
/// </summary>
internal sealed class Person : IDisposable
{
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

    // while their own process compiles what it runs, what they measure is that
    private const int TurnsNotTimed = 3;

    private const int AddressCrowd = 5;
    private const int TurnsPerThread = 20;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Uri _address;
    private readonly string _name;
    private readonly HttpMessageInvoker _invoker;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private ClientWebSocket? _socket;

    public Person(Uri server, int number)
    {
        // a new name each time: what another measurement stored is not part of this one
        _name = string.Create(CultureInfo.InvariantCulture, $"person-{number}-{Guid.NewGuid():N}");
        _address = new UriBuilder(new Uri(server, $"/ws/v1?user_id={_name}")) { Scheme = "ws" }.Uri;
        _invoker = new HttpMessageInvoker(LoopbackAddress.Handler(LoopbackAddress.Of(AddressCrowd, number)));
    }

    public List<double> FirstEvents { get; } = [];

    public List<double> Turns { get; } = [];

    public int Finished { get; private set; }

    public int Lost { get; private set; }

    public List<string> Failed { get; } = [];

    public List<string> Rejected { get; } = [];

    public int Disconnects { get; private set; }

    /// <summary>Has some people chat for a time.</summary>
    /// <param name="server">Base address.</param>
    /// <param name="people">How many.</param>
    /// <param name="over">Ends it; a turn under way is followed to its end.</param>
    /// <param name="progress">Is given the number of turns of one person after each.</param>
    public static async Task<PeopleReport> ChatAsync(Uri server, int people, CancellationToken over, Action<int, int>? progress = null)
    {
        var all = Enumerable.Range(0, people).Select(number => new Person(server, number)).ToArray();
        try
        {
            await Task.WhenAll(all.Select((person, number) => Task.Run(
                async () =>
                {
                    // spread over the pace: ten people do not ask in the same moment
                    await Task.Delay(Pace * number / people, CancellationToken.None);
                    await person.ChatAsync(turns => progress?.Invoke(number, turns), over);
                },
                CancellationToken.None)));
            return new PeopleReport
            {
                Turns = all.Sum(p => p.Finished),
                Lost = all.Sum(p => p.Lost),
                Failed = all.SelectMany(p => p.Failed).CountBy(f => f).ToDictionary(),
                Rejected = all.SelectMany(p => p.Rejected).CountBy(f => f).ToDictionary(),
                Disconnects = all.Sum(p => p.Disconnects),
                FirstEvent = Distribution.Of(all.SelectMany(p => p.FirstEvents)),
                Turn = Distribution.Of(all.SelectMany(p => p.Turns)),
            };
        }
        finally
        {
            foreach (var person in all)
            {
                person.Dispose();
            }
        }
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _invoker.Dispose();
    }

    private async Task ChatAsync(Action<int> progress, CancellationToken over)
    {
        for (var number = 0; !over.IsCancellationRequested; number++)
        {
            var clock = Stopwatch.StartNew();
            using (var deadline = new CancellationTokenSource(Deadline))
            {
                try
                {
                    await TakeTurnAsync(number, clock, deadline.Token);
                }
                catch (OperationCanceledException) when (deadline.IsCancellationRequested)
                {
                    Lost++;
                    Disconnect();
                }
            }

            progress(Finished);
            if (Pace - clock.Elapsed is { Ticks: > 0 } rest)
            {
                await Task.Delay(rest, CancellationToken.None);
            }
        }
    }

    private async Task TakeTurnAsync(int number, Stopwatch clock, CancellationToken cancellationToken)
    {
        var runId = Guid.CreateVersion7().ToString();
        var request = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"type":"run","runId":"{{runId}}","threadId":"{{_name}}-{{number / TurnsPerThread}}","messages":[{"role":"user","content":"What is 12 * 12?"}]}"""));
        double? first = null;
        while (true)
        {
            try
            {
                var socket = await ConnectAsync(cancellationToken);
                await socket.SendAsync(request, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
                if (await FollowAsync(socket, runId, () => first ??= clock.Elapsed.TotalMilliseconds, cancellationToken))
                {
                    Finished++;
                    if (number >= TurnsNotTimed)
                    {
                        FirstEvents.Add(first!.Value);
                        Turns.Add(clock.Elapsed.TotalMilliseconds);
                    }
                }

                return;
            }
            catch (WebSocketException)
            {
                if (_socket is not null)
                {
                    Disconnects++;
                    Disconnect();
                }

                await Task.Delay(Pause, cancellationToken);
            }
        }
    }

    private async Task<ClientWebSocket> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_socket is not null)
        {
            return _socket;
        }

        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.AddSubProtocol("streamchat.v1");
        try
        {
            await socket.ConnectAsync(_address, _invoker, cancellationToken);
            return _socket = socket;
        }
        catch (WebSocketException)
        {
            Rejected.Add((int)socket.HttpStatusCode is var status and > 0 ? $"handshake {status}" : "handshake: no answer");
            socket.Dispose();
            throw;
        }
    }

    /// <returns>Whether the run ended with the right answer.</returns>
    private async Task<bool> FollowAsync(ClientWebSocket socket, string runId, Action firstEvent, CancellationToken cancellationToken)
    {
        var answer = new StringBuilder();
        while (true)
        {
            using var frame = JsonDocument.Parse(await ReceiveAsync(socket, cancellationToken));
            if (!frame.RootElement.TryGetProperty("runId", out var id) || id.GetString() != runId)
            {
                continue;
            }

            var type = frame.RootElement.GetProperty("type").GetString()!;
            if (type == "error")
            {
                Rejected.Add(frame.RootElement.GetProperty("code").GetString()!);
                return false;
            }

            if (char.IsUpper(type[0]))
            {
                firstEvent();
            }

            switch (type)
            {
                case "TEXT_MESSAGE_CONTENT":
                    answer.Append(frame.RootElement.GetProperty("delta").GetString());
                    break;
                case "RUN_FINISHED" when answer.ToString().Contains("144", StringComparison.Ordinal):
                    return true;
                case "RUN_FINISHED":
                    Failed.Add("wrong answer");
                    return false;
                case "RUN_ERROR":
                    Failed.Add(frame.RootElement.GetProperty("code").GetString()!);
                    return false;
            }
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReceiveAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            var received = await socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            length += received.Count;
            if (received.MessageType == WebSocketMessageType.Close || length == _buffer.Length)
            {
                throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
            }

            if (received.EndOfMessage)
            {
                return _buffer.AsMemory(0, length);
            }
        }
    }

    private void Disconnect()
    {
        _socket?.Dispose();
        _socket = null;
    }
}
