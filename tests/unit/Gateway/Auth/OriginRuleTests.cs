using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using StreamChat.Gateway.Auth;

namespace StreamChat.UnitTests.Gateway.Auth;

public sealed class OriginRuleTests
{
    [Theory]
    [InlineData(null, "chat.example.com", true)]
    [InlineData("https://chat.example.com", "chat.example.com", true)]
    [InlineData("http://chat.example.com", "chat.example.com", true)]
    [InlineData("http://localhost:8080", "localhost:8080", true)]
    [InlineData("http://LOCALHOST:8080", "localhost:8080", true)]
    [InlineData("http://[::1]:8080", "[::1]:8080", true)]
    [InlineData("https://chat.example.com:443", "chat.example.com", true)]
    [InlineData("https://friend.example", "chat.example.com", true)]
    [InlineData("http://friend.example", "chat.example.com", false)]
    [InlineData("https://sub.friend.example", "chat.example.com", false)]
    [InlineData("https://evil.example", "chat.example.com", false)]
    [InlineData("http://localhost:3000", "localhost:8080", false)]
    [InlineData("https://chat.example.com:8443", "chat.example.com", false)]
    [InlineData("https://chat.example.com.evil.example", "chat.example.com", false)]
    [InlineData("https://chat.example.com@evil.example", "chat.example.com", false)]
    [InlineData("null", "chat.example.com", false)]
    [InlineData("", "chat.example.com", false)]
    [InlineData("file://", "chat.example.com", false)]
    public void Only_the_same_host_and_the_list_are_let_in(string? origin, string host, bool allowed) =>
        Assert.Equal(allowed, Rule("https://friend.example").Allows(Request(origin, host)));

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    public void A_star_lets_in_all(string origin) => Assert.True(Rule("*").Allows(Request(origin, "chat.example.com")));

    private static OriginRule Rule(string allowed)
    {
        var options = new AuthOptions();
        options.Origins.Add(allowed);
        return new OriginRule(Options.Create(options));
    }

    private static HttpRequest Request(string? origin, string host)
    {
        var request = new DefaultHttpContext().Request;
        request.Host = new HostString(host);
        if (origin is not null)
        {
            request.Headers.Origin = origin;
        }

        return request;
    }
}
