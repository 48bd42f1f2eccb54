using Microsoft.Extensions.Options;
using StreamChat.Gateway.Auth;
using StreamChat.Hosting.Identity;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Time;

namespace StreamChat.UnitTests.Gateway.Auth;

public sealed class AccessTokensTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_goes_in_comes_out()
    {
        var tokens = Tokens(null);
        var caller = tokens.Read(tokens.Make("ada 艾达", "shop", ["vip", "admin"], TimeSpan.FromMinutes(15)))!;
        Assert.Equal(("ada 艾达", "shop", false), (caller.UserId, caller.Subject, caller.IsAnonymous));
        Assert.Equal(["vip", "admin"], caller.Roles);
        Assert.Equal((_time.GetUtcNow(), _time.GetUtcNow().AddMinutes(15)), (caller.IssuedAt, caller.ExpiresAt));
        Assert.True(Guid.TryParse(caller.TokenId, out _));
    }

    [Fact]
    public void It_is_expired_at_its_time_and_not_before()
    {
        var tokens = Tokens(null);
        var caller = tokens.Read(tokens.Make("ada", "shop", [], TimeSpan.FromMilliseconds(1500)))!;
        _time.Advance(TimeSpan.FromMilliseconds(1499));
        Assert.False(caller.IsExpired(_time.GetUtcNow()));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(caller.IsExpired(_time.GetUtcNow()));
    }

    [Fact]
    public void It_can_stand_in_a_header_a_query_and_a_subprotocol() =>
        Assert.Matches("^[A-Za-z0-9_.-]+$", Tokens(null).Make("ada 艾达", "shop", [], TimeSpan.FromMinutes(1)));

    [Fact]
    public void Nothing_but_the_whole_token_is_taken()
    {
        var tokens = Tokens(null);
        var token = tokens.Make("ada", "shop", [], TimeSpan.FromMinutes(1));
        var ticket = token[(token.IndexOf('.', StringComparison.Ordinal) + 1)..];
        Assert.NotNull(tokens.Read(token));
        Assert.Null(tokens.Read(""));
        Assert.Null(tokens.Read("."));
        Assert.Null(tokens.Read(ticket));
        Assert.Null(tokens.Read(token[..^3]));
        Assert.Null(tokens.Read(token[..^6] + "AAAAAA"));
        Assert.Null(tokens.Read($"{token}."));
        Assert.Null(tokens.Read(new string('a', 100_000)));

        // the readable part is only for choosing a gateway, and cannot be exchanged
        Assert.Null(tokens.Read(AccessTokenForm.Join("bob", ticket)));
    }

    [Fact]
    public async Task Gateways_of_one_folder_take_each_others_tokens_and_others_do_not()
    {
        var path = _folder.File("keys");

        // both find it empty at the same time
        var (first, second) = (Ring(path), Ring(path));
        await Task.WhenAll(
            Task.Run(() => first.PrepareAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken),
            Task.Run(() => second.PrepareAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken));
        var (one, other) = (Tokens(first), Tokens(second));

        Assert.Equal("ada", other.Read(one.Make("ada", "shop", [], TimeSpan.FromMinutes(1)))?.UserId);
        Assert.Equal("ada", one.Read(other.Make("ada", "shop", [], TimeSpan.FromMinutes(1)))?.UserId);
        Assert.True(other.CanRead(one.MakeProbe()));
        Assert.Single(Directory.GetFiles(path, "key-*.xml"));

        var stranger = Tokens(null);
        Assert.Null(stranger.Read(one.Make("ada", "shop", [], TimeSpan.FromMinutes(1))));
        Assert.False(stranger.CanRead(one.MakeProbe()));
    }

    [Fact]
    public async Task The_folder_is_for_its_owner_alone()
    {
        var path = _folder.File("keys");
        await Ring(path).PrepareAsync(TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public async Task A_folder_that_cannot_be_used_is_named()
    {
        var file = _folder.File("file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        var e = await Assert.ThrowsAsync<OptionsValidationException>(() => Ring(file).PrepareAsync(TestContext.Current.CancellationToken));
        Assert.StartsWith("Auth:KeysPath: ", Assert.Single(e.Failures), StringComparison.Ordinal);
    }

    private static KeyRing Ring(string? path) => new(Options.Create(new AuthOptions { KeysPath = path }), TimeProvider.System);

    private AccessTokens Tokens(KeyRing? ring) => new(ring ?? Ring(null), _time, new SystemIdGenerator(_time));
}
