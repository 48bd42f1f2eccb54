using Microsoft.AspNetCore.Http;
using StreamChat.Hosting.Http;

namespace StreamChat.UnitTests.Hosting.Http;

public sealed class ListenersTests
{
    [Theory]
    [InlineData("http://localhost:8080", true)]
    [InlineData("http://127.0.0.1:80", true)]
    [InlineData("http://[::1]:80", true)]
    [InlineData("http://0.0.0.0:8080", false)]
    [InlineData("http://[::]:8080", false)]
    [InlineData("http://*:8080", false)]
    [InlineData("http://192.168.1.5:8080", false)]
    [InlineData("http://chat.example.com", false)]
    public void An_address_for_others_is_told_from_one_for_this_machine(string address, bool loopback) =>
        Assert.Equal(loopback, Listeners.IsLoopback(address));

    [Theory]
    [InlineData("http://localhost:8080", "127.0.0.1", 8080, true)]
    [InlineData("http://localhost:8080", "::1", 8080, true)]
    [InlineData("http://127.0.0.1:8080", "::ffff:127.0.0.1", 8080, true)]
    [InlineData("http://127.0.0.2:8080", "127.0.0.2", 8080, true)]
    [InlineData("http://0.0.0.0:8080", "127.0.0.1", 8080, false)]
    [InlineData("http://0.0.0.0:8080", "192.168.1.5", 8080, false)]
    [InlineData("http://[::]:8080", "::ffff:127.0.0.1", 8080, false)]
    [InlineData("http://*:8080", "127.0.0.1", 8080, false)]
    [InlineData("http://+:8080", "127.0.0.1", 8080, false)]
    [InlineData("http://chat.example.com:8080", "127.0.0.1", 8080, false)]
    [InlineData("http://192.168.1.5:8080", "192.168.1.5", 8080, false)]
    [InlineData("http://localhost:8080 http://192.168.1.5:8080", "127.0.0.1", 8080, true)]
    [InlineData("http://localhost:8080 http://192.168.1.5:8080", "192.168.1.5", 8080, false)]
    [InlineData("http://localhost:8000 http://0.0.0.0:9000", "127.0.0.1", 8000, true)]
    [InlineData("http://localhost:8000 http://0.0.0.0:9000", "127.0.0.1", 9000, false)]
    [InlineData("http://unix:/tmp/streamchat.sock http://localhost:8000", "127.0.0.1", 8000, true)]
    public void A_connection_belongs_to_the_listener_that_accepted_it(string addresses, string local, int port, bool loopback) =>
        Assert.Equal(loopback, ListenerFake.On(addresses.Split(' ')).IsOnLoopback(ListenerFake.Request(local, port).Connection));

    [Fact]
    public void A_connection_without_an_address_is_on_no_loopback_listener() =>
        Assert.False(ListenerFake.On("http://unix:/tmp/streamchat.sock").IsOnLoopback(new DefaultHttpContext().Connection));

    [Theory]
    [InlineData("127.0.0.1", "network", false)]
    [InlineData("127.0.0.1", "loopback", true)]
    [InlineData("127.0.0.1", "", true)]
    [InlineData("127.0.0.1", "NETWORK", true)]
    [InlineData("127.0.0.1", null, true)]
    [InlineData("10.0.0.7", "loopback", true)]
    [InlineData("10.0.0.7", null, false)]
    public void What_an_edge_says_of_its_listener_counts_for_its_clients(string local, string? said, bool loopback)
    {
        var context = ListenerFake.Request(local);
        if (said is not null)
        {
            context.Request.Headers[EdgeHeaders.Listener] = said;
        }

        Assert.Equal(loopback, ListenerFake.On("http://localhost:8080", "http://10.0.0.7:8080").ClientIsOnLoopback(context));
    }
}
