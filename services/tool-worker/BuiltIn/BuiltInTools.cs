using System.Net;
using Microsoft.Extensions.Options;
using StreamChat.Hosting.Options;
using StreamChat.ToolWorker.BuiltIn.Calculator;
using StreamChat.ToolWorker.BuiltIn.Context;
using StreamChat.ToolWorker.BuiltIn.Http;
using StreamChat.ToolWorker.BuiltIn.News;
using StreamChat.ToolWorker.BuiltIn.Recipes;
using StreamChat.ToolWorker.BuiltIn.Time;
using StreamChat.ToolWorker.BuiltIn.UserData;
using StreamChat.ToolWorker.BuiltIn.Weather;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.BuiltIn;

/// <summary>The tools that come with the program.</summary>
internal static class BuiltInTools
{
    private const int MostRedirects = 3;

    public static IServiceCollection AddBuiltInTools(this IServiceCollection services)
    {
        services.AddSingleton(_ => CalculatorTool.Create());
        services.AddSingleton(provider => CurrentTimeTool.Create(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(_ => UpdateContextTool.Create());
        services.AddTool<RecipesTool>(t => t.Find);
        return services.AddBoundedHttp().AddWeather().AddNews().AddUserData();
    }

    /// <summary>Both have deadlines and limits of their own; what is asked for is nobody's business, so nothing of it is logged.</summary>
    private static IServiceCollection AddBoundedHttp(this IServiceCollection services)
    {
        services.AddSingleton<BoundedHttp>();
        services.AddHttpClient(BoundedHttp.ClientName, client =>
            {
                client.Timeout = Timeout.InfiniteTimeSpan;
                client.DefaultRequestHeaders.UserAgent.ParseAdd("StreamChat");
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AutomaticDecompression = DecompressionMethods.All,
                MaxAutomaticRedirections = MostRedirects,
                UseCookies = false,
            })
            .RemoveAllLoggers();
        return services;
    }

    private static IServiceCollection AddWeather(this IServiceCollection services)
    {
        services.AddValidatedOptions<WeatherOptions>(WeatherOptions.Section);
        services.AddSingleton<SampleWeather>();
        services.AddSingleton<OpenMeteo>();
        services.AddSingleton<IWeatherSource>(provider =>
            provider.GetRequiredService<IOptions<WeatherOptions>>().Value.Provider == WeatherProvider.OpenMeteo
                ? provider.GetRequiredService<OpenMeteo>()
                : provider.GetRequiredService<SampleWeather>());
        return services.AddTool<WeatherTool>(t => t.Tell);
    }

    private static IServiceCollection AddNews(this IServiceCollection services)
    {
        services.AddValidatedOptions<NewsOptions>(NewsOptions.Section);
        services.AddSingleton<SampleNews>();
        services.AddSingleton<FeedNews>();
        services.AddSingleton<INewsSource>(provider =>
            provider.GetRequiredService<IOptions<NewsOptions>>().Value.Feeds.Count > 0
                ? provider.GetRequiredService<FeedNews>()
                : provider.GetRequiredService<SampleNews>());
        return services.AddTool<NewsTool>(t => t.Find);
    }

    private static IServiceCollection AddUserData(this IServiceCollection services)
    {
        services.AddValidatedOptions<UserDataOptions>(UserDataOptions.Section);
        services.AddSingleton<UserDataStore>();
        return services
            .AddTool<NoteTools>(t => t.List, t => t.Add, t => t.Remove)
            .AddTool<TodoTools>(t => t.List, t => t.Add, t => t.Complete, t => t.Remove)
            .AddTool<PreferenceTools>(t => t.List, t => t.Set);
    }

    private static IServiceCollection AddTool<T>(this IServiceCollection services, params IEnumerable<Func<T, Tool>> tools)
        where T : class
    {
        services.AddSingleton<T>();
        foreach (var tool in tools)
        {
            services.AddSingleton(provider => tool(provider.GetRequiredService<T>()));
        }

        return services;
    }
}
