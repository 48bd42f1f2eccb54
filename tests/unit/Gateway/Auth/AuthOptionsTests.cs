using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using StreamChat.Gateway.Auth;
using StreamChat.Hosting.Options;

namespace StreamChat.UnitTests.Gateway.Auth;

public sealed class AuthOptionsTests
{
    private const string Hash = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    [Fact]
    public void A_whole_configuration_is_read()
    {
        var options = Read(
            ("Mode", "required"), ("Keys:0:Hash", Hash), ("Keys:0:Subject", "shop"), ("Keys:0:Roles:0", "tokens"), ("Keys:0:Rate", "0.5"),
            ("Origins:0", "https://chat.example.com"), ("Origins:1", "*"), ("Origins:2", "null"), ("Origins:3", "capacitor://localhost"), ("TokenLifetime", "00:05:00"), ("KeysPath", "/keys"));
        Assert.True(options.Required);
        Assert.Equal(["https://chat.example.com", "*", "null", "capacitor://localhost"], options.Origins);
        var key = Assert.Single(options.Keys);
        Assert.Equal((Hash, "shop", 0.5), (key.Hash, key.Subject, key.Rate));
        Assert.Equal(["tokens"], key.Roles);
        Assert.Equal(("/keys", TimeSpan.FromMinutes(5)), (options.KeysPath, options.TokenLifetime));
    }

    [Theory]
    [InlineData("Auth:Keys", "Mode=required")]
    [InlineData("Auth:Keys:0:Hash", "Keys:0:Hash=abc", "Keys:0:Subject=s")]
    [InlineData("Auth:Keys:0:Hash", "Keys:0:Subject=s")]
    [InlineData("Auth:Keys:0:Subject", "Keys:0:Hash=" + Hash)]
    [InlineData("Auth:Keys:0:Rate", "Keys:0:Hash=" + Hash, "Keys:0:Subject=s", "Keys:0:Rate=-1")]
    [InlineData("Auth:Keys", "Keys:0:Hash=" + Hash, "Keys:0:Subject=s", "Keys:1:Hash=" + Hash, "Keys:1:Subject=t")]
    [InlineData("Auth:Origins:1", "Origins:0=https://a.example", "Origins:1=chat.example.com")]
    [InlineData("Auth:Origins:0", "Origins:0=https://a.example/path")]
    [InlineData("Auth:Origins:0", "Origins:0=wss://a.example")]
    [InlineData("Auth:Origins:0", "Origins:0=chrome-extension://*")]
    [InlineData("Auth:Origins:0", "Origins:0=")]
    [InlineData("Auth:TokenLifetime", "TokenLifetime=02:00:00")]
    [InlineData("Auth:MaxTokenLifetime", "MaxTokenLifetime=-00:00:01")]
    [InlineData("Auth:Revocations", "Revocations=0")]
    public void A_wrong_value_is_named_by_its_key(string key, params string[] settings)
    {
        var e = Assert.Throws<OptionsValidationException>(() => Read([.. settings.Select(s => s.Split('=', 2)).Select(s => (s[0], s[1]))]));
        Assert.Contains(e.Failures, f => f.StartsWith($"{key}: ", StringComparison.Ordinal));
        Assert.All(e.Failures, f => Assert.DoesNotContain(Hash, f, StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_at_all_is_fine() => Assert.False(Read().Required);

    private static AuthOptions Read(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.ToDictionary(s => $"Auth:{s.Key}", s => (string?)s.Value))
        .Build()
        .GetValidatedOptions<AuthOptions>(AuthOptions.Section);
}
