using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using StreamChat.Gateway.Auth;
using StreamChat.TestSupport.Time;

namespace StreamChat.UnitTests.Gateway.Auth;

public sealed class ApiKeysTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void The_command_prints_a_key_and_its_hash()
    {
        using var output = new StringWriter();
        Assert.Equal(0, ApiKeyCommand.Command.Run(output));
        var words = output.ToString().Split([' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["key", "hash"], [words[0], words[2]]);
        Assert.Matches("^sck_[A-Za-z0-9_-]{43}$", words[1]);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(words[1]))), words[3]);
    }

    [Fact]
    public void A_key_is_found_by_itself_and_not_by_its_hash()
    {
        var (shop, shopHash) = ApiKeys.Make();
        var (admin, adminHash) = ApiKeys.Make();
        var keys = Keys(new ApiKeyOptions { Hash = shopHash.ToUpperInvariant(), Subject = "shop" }, new ApiKeyOptions { Hash = adminHash, Subject = "operator" });
        Assert.Equal("shop", keys.Find(shop)?.Subject);
        Assert.Equal("operator", keys.Find(admin)?.Subject);
        Assert.Null(keys.Find(shopHash));
        Assert.Null(keys.Find(shop + "x"));
        Assert.Null(keys.Find(""));
        Assert.Null(Keys().Find(shop));
    }

    [Theory]
    [InlineData("", false, false, false)]
    [InlineData("vip", false, true, false)]
    [InlineData("tokens,vip", true, true, false)]
    [InlineData("admin", true, true, true)]
    public void A_key_may_do_what_its_roles_say(string roles, bool tokens, bool vip, bool admin)
    {
        var options = new ApiKeyOptions { Hash = new string('0', 64), Subject = "s" };
        roles.Split(',', StringSplitOptions.RemoveEmptyEntries).ToList().ForEach(options.Roles.Add);
        var key = new ApiKey(options, _time);
        Assert.Equal((tokens, vip, admin), (key.MayGiveTokens, key.MayGive("vip"), key.MayGive(Roles.Admin)));
    }

    [Fact]
    public void A_rate_limits_the_tokens_of_a_key()
    {
        var key = new ApiKey(new ApiKeyOptions { Hash = new string('0', 64), Subject = "s", Rate = 2 }, _time);
        Assert.Null(key.TakeToken());
        Assert.Null(key.TakeToken());
        Assert.Equal(TimeSpan.FromSeconds(0.5), key.TakeToken());
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Null(key.TakeToken());
        Assert.NotNull(key.TakeToken());

        var unlimited = new ApiKey(new ApiKeyOptions { Hash = new string('0', 64), Subject = "s" }, _time);
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.Null(unlimited.TakeToken()));
    }

    private ApiKeys Keys(params ApiKeyOptions[] keys)
    {
        var options = new AuthOptions();
        keys.ToList().ForEach(options.Keys.Add);
        return new ApiKeys(Options.Create(options), _time);
    }
}
