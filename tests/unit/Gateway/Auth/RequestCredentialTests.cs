using Microsoft.AspNetCore.Http;
using StreamChat.Hosting.Identity;

namespace StreamChat.UnitTests.Gateway.Auth;

public sealed class RequestCredentialTests
{
    [Theory]
    [InlineData("?token=a.b", "", "a.b")]
    [InlineData("?access_token=a.b&user_id=ada", "?user_id=ada", "a.b")]
    [InlineData("?x=1&TOKEN=a.b&y=%20&token=c", "?x=1&y=%20", "a.b")]
    [InlineData("?%74oken=a%2Eb", "", "a.b")]
    [InlineData("?token=", "", null)]
    [InlineData("?token", "", null)]
    [InlineData("?token=a%0d%0ab", "", null)]
    [InlineData("?user_id=ada&tokens=5&x=a+b", "?user_id=ada&tokens=5&x=a+b", null)]
    [InlineData("?", "?", null)]
    [InlineData("", "", null)]
    public void A_query_loses_its_credentials_and_nothing_else(string query, string left, string? credential)
    {
        var request = new DefaultHttpContext { Request = { QueryString = new QueryString(query) } }.Request;
        RequestCredential.TakeFromQuery(request);
        Assert.Equal(left, request.QueryString.Value);
        Assert.Equal(credential, RequestCredential.Find(request));
        Assert.DoesNotContain(request.Query.Keys, k => k.Equals("token", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("Bearer h", "streamchat.v1, bearer.s", "?token=q", "h")]
    [InlineData("bearer  h ", "", "", "h")]
    [InlineData("", "streamchat.v1, bearer.s", "", "s")]
    [InlineData("Basic abc", "bearer.s", "", "s")]
    [InlineData("Bearer ", "", "", null)]
    [InlineData("", "bearer.", "", null)]
    [InlineData("", "", "", null)]
    public void The_header_goes_first(string header, string subProtocols, string query, string? expected)
    {
        var request = new DefaultHttpContext { Request = { QueryString = new QueryString(query) } }.Request;
        request.Headers.Authorization = header.Length == 0 ? default : header;
        request.Headers.SecWebSocketProtocol = subProtocols.Length == 0 ? default : subProtocols;
        RequestCredential.TakeFromQuery(request);
        Assert.Equal(expected, RequestCredential.Find(request));
    }
}
