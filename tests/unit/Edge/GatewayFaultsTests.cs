using System.Net.Sockets;
using StreamChat.Edge.Gateways;
using Yarp.ReverseProxy.Forwarder;

namespace StreamChat.UnitTests.Edge;

/// <summary>What counts against a gateway, and what does not.</summary>
public sealed class GatewayFaultsTests
{
    [Theory]
    [InlineData(HttpRequestError.ConnectionError)]
    [InlineData(HttpRequestError.SecureConnectionError)]
    [InlineData(HttpRequestError.NameResolutionError)]
    public void A_connection_that_cannot_be_made_is_the_gateway_s_fault(HttpRequestError error) =>
        Assert.Equal(Fault.Gateway, GatewayFaults.Of(ForwarderError.Request, new HttpRequestException(error, null, new SocketException((int)SocketError.ConnectionRefused))));

    [Fact]
    public void So_is_a_connection_that_takes_too_long()
    {
        Assert.Equal(Fault.Gateway, GatewayFaults.Of(ForwarderError.RequestTimedOut, new TaskCanceledException("", new TimeoutException())));

        // but not a request on which nothing happened for long: its client may have sent nothing
        Assert.Equal(Fault.None, GatewayFaults.Of(ForwarderError.RequestTimedOut, new TaskCanceledException()));
    }

    [Theory]
    [InlineData(SocketError.TooManyOpenSockets)]
    [InlineData(SocketError.NoBufferSpaceAvailable)]
    [InlineData(SocketError.AddressNotAvailable)]
    public void A_connection_for_which_the_edge_has_nothing_left_is_the_edge_s(SocketError error) =>
        Assert.Equal(Fault.Edge, GatewayFaults.Of(ForwarderError.Request, new HttpRequestException(HttpRequestError.ConnectionError, null, new SocketException((int)error))));

    [Fact]
    public void A_connection_that_the_edge_does_not_allow_itself_is_too() =>
        Assert.Equal(Fault.Edge, GatewayFaults.Of(ForwarderError.Request, new HttpRequestException(HttpRequestError.ConnectionError, null, new GatewaySocketsFullException())));

    [Fact]
    public void A_request_that_cannot_be_written_is_its_client_s()
    {
        Assert.Equal(Fault.Request, GatewayFaults.Of(ForwarderError.RequestCreation, new UriFormatException()));
        Assert.Equal(Fault.Request, GatewayFaults.Of(ForwarderError.Request, new HttpRequestException("Request headers must contain only ASCII characters.")));
        Assert.Equal(Fault.Request, GatewayFaults.Of(ForwarderError.Request, new InvalidOperationException()));
    }

    [Theory]
    [InlineData(ForwarderError.RequestCanceled)]
    [InlineData(ForwarderError.RequestBodyCanceled)]
    [InlineData(ForwarderError.RequestBodyClient)]
    [InlineData(ForwarderError.RequestBodyDestination)]
    [InlineData(ForwarderError.ResponseBodyCanceled)]
    [InlineData(ForwarderError.ResponseBodyDestination)]
    [InlineData(ForwarderError.UpgradeRequestClient)]
    [InlineData(ForwarderError.UpgradeResponseDestination)]
    [InlineData(ForwarderError.UpgradeActivityTimeout)]
    public void What_happens_later_counts_against_nobody(ForwarderError error) => Assert.Equal(Fault.None, GatewayFaults.Of(error, new IOException()));

    [Fact]
    public void Neither_does_an_answer_that_breaks_off() =>
        Assert.Equal(Fault.None, GatewayFaults.Of(ForwarderError.Request, new HttpRequestException(HttpRequestError.ResponseEnded, null, new IOException())));
}
