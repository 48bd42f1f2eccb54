using Microsoft.Extensions.Options;
using StreamChat.Contracts.Gateways;
using StreamChat.Gateway.Auth;
using StreamChat.TestSupport.Time;

namespace StreamChat.UnitTests.Gateway.Auth;

public sealed class RevocationsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Revocations _revocations;

    public RevocationsTests() => _revocations = New();

    [Fact]
    public void A_token_is_revoked_and_no_other()
    {
        _revocations.Add([Token("1")]);
        Assert.True(_revocations.IsRevoked(Caller("ada", "1")));
        Assert.False(_revocations.IsRevoked(Caller("ada", "2")));
        Assert.False(_revocations.IsRevoked(StreamChat.Gateway.Auth.Caller.Believed("ada")));
    }

    [Fact]
    public void A_users_tokens_are_revoked_up_to_the_moment_and_later_ones_are_good()
    {
        var before = Caller("ada", "1");
        _time.Advance(TimeSpan.FromSeconds(1));
        _revocations.Add([User("ada")]);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(_revocations.IsRevoked(before));
        Assert.False(_revocations.IsRevoked(Caller("ada", "2")));
        Assert.False(_revocations.IsRevoked(Caller("bob", "3") with { IssuedAt = before.IssuedAt }));
    }

    [Fact]
    public void What_is_heard_late_does_not_undo_what_was_said_since()
    {
        var early = User("ada");
        _time.Advance(TimeSpan.FromSeconds(10));
        var caller = Caller("ada", "1");
        _revocations.Add([User("ada")]);
        _revocations.Add([early]);
        Assert.True(_revocations.IsRevoked(caller));
    }

    [Fact]
    public void It_is_forgotten_when_the_tokens_have_expired()
    {
        _revocations.Add([Token("1"), User("ada")]);
        Assert.Equal(2, _revocations.Count);
        _time.Advance(TimeSpan.FromMinutes(15));
        Assert.Empty(_revocations.All());
        Assert.Equal(0, _revocations.Count);
        _revocations.Add([Token("2") with { Until = _time.GetUtcNow() }]);
        Assert.Equal(0, _revocations.Count);
    }

    [Fact]
    public void Who_remembers_the_same_says_the_same()
    {
        var other = New();
        Assert.Equal(_revocations.Digest(), other.Digest());
        var (token, user) = (Token("1"), User("ada"));
        _revocations.Add([token, user]);
        Assert.NotEqual(_revocations.Digest(), other.Digest());
        other.Add([user, token, token]);
        Assert.Equal(_revocations.Digest(), other.Digest());
    }

    [Fact]
    public void It_tells_of_what_is_new_only()
    {
        var told = 0;
        _revocations.Added += () => told++;
        var token = Token("1");
        _revocations.Add([token]);
        _revocations.Add([token with { }]);
        Assert.Equal(1, told);
    }

    [Fact]
    public void It_is_full_at_its_limit_until_something_is_forgotten()
    {
        _revocations.Add(Enumerable.Range(0, 2).Select(i => Token($"{i}")));
        Assert.False(_revocations.IsFull);
        _revocations.Add([Token("3")]);
        Assert.True(_revocations.IsFull);
        _time.Advance(TimeSpan.FromMinutes(15));
        Assert.False(_revocations.IsFull);
    }

    private Revocations New() => new(Options.Create(new AuthOptions { Revocations = 3 }), _time);

    private Caller Caller(string userId, string tokenId) => new() { UserId = userId, TokenId = tokenId, IssuedAt = _time.GetUtcNow() };

    private TokenRevocation Token(string id) => new() { TokenId = id, RevokedAt = _time.GetUtcNow(), Until = _time.GetUtcNow().AddMinutes(15) };

    private TokenRevocation User(string id) => new() { UserId = id, RevokedAt = _time.GetUtcNow(), Until = _time.GetUtcNow().AddMinutes(15) };
}
