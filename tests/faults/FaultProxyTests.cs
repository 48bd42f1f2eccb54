using System.Net;
using System.Net.Sockets;
using StreamChat.FaultEngine.Network;
using StreamChat.FaultEngine.Schedules;

namespace StreamChat.FaultTests;

/// <summary>What the proxy is told to do happens, and what it is not told does not.</summary>
public sealed class FaultProxyTests : IAsyncLifetime
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private FaultProxy _proxy = null!;
    private TcpClient _client = null!;
    private TcpClient _accepted = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server.Start();
        _proxy = new FaultProxy(((IPEndPoint)_server.LocalEndpoint).Port);
        _client = new TcpClient();
        await _client.ConnectAsync(IPAddress.Loopback, _proxy.Port, Token);
        _accepted = await _server.AcceptTcpClientAsync(Token);

        // through it once, so that it knows of the connection
        await _accepted.GetStream().WriteAsync(new byte[1], Token);
        await _client.GetStream().ReadExactlyAsync(new byte[1], Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _client.Dispose();
        _accepted.Dispose();
        _server.Dispose();
    }

    [Theory]
    [InlineData(FaultForm.FinToClient)]
    [InlineData(FaultForm.ResetToClient)]
    public async Task A_cut_comes_after_the_byte_that_was_said(FaultForm form)
    {
        _proxy.CutAfter(1000, form);
        await _accepted.GetStream().WriteAsync(new byte[3000], Token);
        if (form == FaultForm.FinToClient)
        {
            Assert.Equal(1000, await ReadToEndAsync(_client));
        }
        else
        {
            // what was on its way may go with it
            await Assert.ThrowsAnyAsync<IOException>(() => ReadToEndAsync(_client));
        }
    }

    [Fact]
    public async Task A_cut_of_one_direction_leaves_the_other_alone()
    {
        _proxy.CutAfter(0, FaultForm.FinToServer);
        await _accepted.GetStream().WriteAsync(new byte[10], Token);
        await _client.GetStream().ReadExactlyAsync(new byte[10], Token);
        await _client.GetStream().WriteAsync(new byte[1], Token);
        Assert.Equal(0, await ReadToEndAsync(_client));
    }

    [Fact]
    public async Task What_is_stalled_comes_when_it_is_over()
    {
        _proxy.Stall();
        await _accepted.GetStream().WriteAsync(new byte[] { 1, 2, 3 }, Token);
        var read = _client.GetStream().ReadAsync(new byte[3], Token).AsTask();
        await _proxy.StalledAsync().WaitAsync(TimeSpan.FromSeconds(10), Token);
        Assert.False(read.IsCompleted);
        _proxy.Heal();
        Assert.Equal(3, await read);
    }

    [Fact]
    public async Task A_half_open_connection_is_gone_for_one_side_only()
    {
        _proxy.HalfOpen(clientStays: true);
        Assert.Equal(0, await ReadToEndAsync(_accepted));
        await _client.GetStream().WriteAsync(new byte[10], Token);
        Assert.False(_client.GetStream().ReadAsync(new byte[1], Token).AsTask().IsCompleted);
    }

    private static async Task<int> ReadToEndAsync(TcpClient client)
    {
        var buffer = new byte[4096];
        int total = 0, read;
        while ((read = await client.GetStream().ReadAsync(buffer, Token)) > 0)
        {
            total += read;
        }

        return total;
    }
}
