using StreamChat.Hosting.Options;

namespace StreamChat.Gateway.Auth;

/// <summary>Who is it: tokens, keys, revocations.</summary>
internal static class AuthRegistration
{
    public static IServiceCollection AddAuth(this IServiceCollection services)
    {
        services.AddValidatedOptions<AuthOptions>(AuthOptions.Section);
        services.AddSingleton<KeyRing>();
        services.AddSingleton<KeyWarning>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<Revocations>();
        services.AddSingleton<Authenticator>();
        services.AddSingleton<HttpCallers>();
        services.AddSingleton<OriginRule>();
        services.AddSingleton<RevocationPublisher>();
        services.AddHostedService<AuthStart>();
        services.AddHostedService<RevocationLoop>();
        return services;
    }
}
