using System.Globalization;
using StreamChat.EndToEndTests.Distributed;
using StreamChat.TestSupport.Processes;

namespace StreamChat.EndToEndTests.Samples;

/// <summary>The whole thing as processes, with an edge that listens on a port for each of the originals' 8000, 8003 and 9800.</summary>
public sealed class SampleStack : IAsyncLifetime
{
    private readonly DistributedStack _stack = new();
    private readonly int[] _ports = [FreePorts.Next(), FreePorts.Next(), FreePorts.Next()];
    private ServiceProcess _edge = null!;

    /// <summary>Where pages are from that may connect: another site than ours.</summary>
    public Uri PageOrigin { get; } = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePorts.Next()}"));

    /// <summary>The port that stands for one of the originals'.</summary>
    public int Port(int original) => original switch
    {
        8000 => _ports[0],
        8003 => _ports[1],
        9800 => _ports[2],
        _ => throw new ArgumentOutOfRangeException(nameof(original)),
    };

    /// <summary>A client's text with the addresses of this stack, and nothing else changed.</summary>
    public string WithOurAddress(string client)
    {
        foreach (var original in new[] { 8000, 8003, 9800 })
        {
            client = client.Replace(
                string.Create(CultureInfo.InvariantCulture, $"localhost:{original}"),
                string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port(original)}"),
                StringComparison.Ordinal);
        }

        return client;
    }

    public async ValueTask InitializeAsync()
    {
        _stack.Settings["Auth__Origins__0"] = PageOrigin.GetLeftPart(UriPartial.Authority);
        await _stack.InitializeAsync();
        var settings = new Dictionary<string, string?>(_stack.Settings)
        {
            ["ASPNETCORE_URLS"] = string.Join(';', _ports.Select(p => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{p}"))),
            ["Edge__Gateways__0"] = _stack.Gateways[0].BaseAddress.ToString(),
            ["Edge__Gateways__1"] = _stack.Gateways[1].BaseAddress.ToString(),
        };
        _edge = await ServiceProcess.StartReadyAsync("edge", settings, _ports[0]);
    }

    public override string ToString() => $"{_edge}\n{_stack}";

    public async ValueTask DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _stack.DisposeAsync();
    }
}
