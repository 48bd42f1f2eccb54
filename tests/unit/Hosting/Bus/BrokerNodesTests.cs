using System.Net;
using System.Net.Sockets;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Bus.Broker;

namespace StreamChat.UnitTests.Hosting.Bus;

public sealed class BrokerNodesTests
{
    [Fact]
    public void Every_node_is_tried_beginning_with_another_one_in_each_process()
    {
        var options = new BusOptions { Uri = new Uri("amqp://ada:secret@one:1111/vhost"), Nodes = { "two", "three:3333" } };
        (string, int)[] all = [("one", 1111), ("two", 5672), ("three", 3333)];
        for (var first = 0; first < 6; first++)
        {
            var tried = new BrokerNodes(options, first, TimeProvider.System, CancellationToken.None).All().Select(e => (e.HostName, e.Port));
            Assert.Equal([.. all.Skip(first % 3), .. all.Take(first % 3)], tried);
        }
    }

    [Fact]
    public async Task The_one_that_answers_is_tried_first()
    {
        // one takes connections and says nothing, as a broker that starts; one is not there
        using var silent = Listen();
        using var answering = Listen();
        using var closed = Listen();
        var nobody = Port(closed);
        closed.Stop();
        var serving = ServeAsync(answering, TestContext.Current.CancellationToken);
        var options = new BusOptions { Uri = new Uri($"amqp://127.0.0.1:{nobody}"), Nodes = { $"127.0.0.1:{Port(silent)}", $"127.0.0.1:{Port(answering)}" } };
        var nodes = new BrokerNodes(options, first: 0, TimeProvider.System, TestContext.Current.CancellationToken);

        await nodes.WaitAsync();
        Assert.Equal(Port(answering), nodes.All().First().Port);
        Assert.Equal("AMQP"u8.ToArray(), (await serving)[..4]);

        static async Task<byte[]> ServeAsync(TcpListener listener, CancellationToken cancellationToken)
        {
            using var client = await listener.AcceptTcpClientAsync(cancellationToken);
            var header = new byte[8];
            await client.GetStream().ReadExactlyAsync(header, cancellationToken);
            await client.GetStream().WriteAsync(new byte[] { 1 }, cancellationToken);
            return header;
        }
    }

    [Fact]
    public async Task A_process_that_stops_waits_for_no_broker()
    {
        using var stopping = new CancellationTokenSource();
        var waiting = new BrokerNodes(new BusOptions { Uri = new Uri("amqp://127.0.0.1:1") }, first: 0, TimeProvider.System, stopping.Token).WaitAsync();
        Assert.False(waiting.IsCompleted);
        await stopping.CancelAsync();
        await waiting.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("rabbit-2", true)]
    [InlineData("rabbit-2:5672", true)]
    [InlineData("amqp://rabbit-2", false)]
    [InlineData("rabbit-2/vhost", false)]
    [InlineData("", false)]
    public void A_node_is_a_host_and_perhaps_a_port(string node, bool isGood)
    {
        var options = new BusOptions { Nodes = { node } };
        var problems = options.Validate(new System.ComponentModel.DataAnnotations.ValidationContext(options));
        Assert.Equal(isGood, !problems.Any());
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;
}
