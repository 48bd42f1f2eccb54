using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.SemanticKernel;
using StreamChat.Contracts.Tools;
using StreamChat.ToolWorker.Plugins;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker;

/// <summary>
/// Adds plugins of Semantic Kernel, or plain functions, that the tool-worker offers to the agents as tools, beside those built in. A tool's
/// result goes to the model as JSON. Of an exception the model learns only "the tool failed", because its message may hold secrets.
/// </summary>
public static class ToolRegistration
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Adds a plugin: each method of <typeparamref name="T"/> with a <see cref="KernelFunctionAttribute"/> becomes a tool named
    /// <c>plugin_function</c>. The container creates one instance, which serves all calls at the same time. Each call has a scope of
    /// services, a kernel (a clone of the registered <see cref="Kernel"/>, or else a new one over the scope) and therefore the registered
    /// <see cref="IFunctionInvocationFilter"/>s. A kernel that is registered as a singleton keeps the services that it was built with, and has none of the scope. <see cref="Kernel.Data"/> says on whose behalf the call is, by the keys of <see cref="ToolCallKeys"/>.
    /// </summary>
    /// <typeparam name="T">The plugin. A parameter marked <see cref="FromKernelServicesAttribute"/> is resolved for each call.</typeparam>
    /// <param name="services">Where to register.</param>
    /// <param name="name">The plugin's name; the type's name when left out.</param>
    /// <param name="timeout">The longest that one call may take, above zero; 30 s when left out. <c>Limits:Run:ToolTimeout</c> is the most for any.</param>
    /// <param name="safeToRepeat">Whether calling a function twice does no harm. If not, a call whose worker died in the middle is not repeated.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is not above zero. Names are checked when the host starts.</exception>
    public static IServiceCollection AddPlugin<T>(
        this IServiceCollection services, string? name = null, TimeSpan? timeout = null, bool safeToRepeat = false)
        where T : class
    {
        var longest = Longest(timeout);
        services.TryAddSingleton<T>();
        return services.AddSingleton(provider => new PluginTools(
            ToTools(KernelPluginFactory.CreateFromObject(provider.GetRequiredService<T>(), name), (plugin, function) => new PluginFunction(plugin, function, provider), longest, safeToRepeat)));
    }

    /// <summary>Adds plugins that exist already, for example one read from an OpenAPI document. Their calls have kernels as those of <see cref="AddPlugin{T}"/>.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="plugins">The plugins, called by many runs at the same time.</param>
    /// <param name="timeout">As for <see cref="AddPlugin{T}"/>.</param>
    /// <param name="safeToRepeat">As for <see cref="AddPlugin{T}"/>.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is not above zero. Names are checked when the host starts.</exception>
    public static IServiceCollection AddPlugins(
        this IServiceCollection services, IEnumerable<KernelPlugin> plugins, TimeSpan? timeout = null, bool safeToRepeat = false)
    {
        ArgumentNullException.ThrowIfNull(plugins);
        var longest = Longest(timeout);
        foreach (var plugin in plugins)
        {
            services.AddSingleton(provider => new PluginTools(
                ToTools(plugin, (name, function) => new PluginFunction(name, function, provider), longest, safeToRepeat)));
        }

        return services;
    }

    /// <summary>Adds all plugins that a kernel has now. Each call uses a clone of the kernel, with its services and filters and not the host's.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="kernel">The kernel. It is not changed.</param>
    /// <param name="timeout">As for <see cref="AddPlugin{T}"/>.</param>
    /// <param name="safeToRepeat">As for <see cref="AddPlugin{T}"/>.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">A tool would have a name that models reject or that is for hand-offs, or the timeout is not above zero.</exception>
    public static IServiceCollection AddPlugins(this IServiceCollection services, Kernel kernel, TimeSpan? timeout = null, bool safeToRepeat = false)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        var longest = Longest(timeout);
        foreach (var plugin in kernel.Plugins)
        {
            services.AddSingleton(new PluginTools(ToTools(plugin, (name, function) => new PluginFunction(name, function, kernel), longest, safeToRepeat)));
        }

        return services;
    }

    /// <summary>
    /// Adds plain functions as tools. <see cref="AIFunctionArguments.Context"/> says on whose behalf the call is, by the keys of
    /// <see cref="ToolCallKeys"/>.
    /// </summary>
    /// <param name="services">Where to register.</param>
    /// <param name="functions">
    /// The functions, called by many runs at the same time. Their names are what models call them by: 1 to 64 letters a to z, digits,
    /// hyphens and underscores, used once. Not functions of a kernel, whose filters would not run: see <see cref="AddPlugins(IServiceCollection, Kernel, TimeSpan?, bool)"/>.
    /// </param>
    /// <param name="timeout">As for <see cref="AddPlugin{T}"/>.</param>
    /// <param name="safeToRepeat">As for <see cref="AddPlugin{T}"/>.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">A function has a name that models reject or that is for hand-offs, or is a kernel's, or the timeout is not above zero.</exception>
    public static IServiceCollection AddTools(
        this IServiceCollection services, IEnumerable<AIFunction> functions, TimeSpan? timeout = null, bool safeToRepeat = false)
    {
        ArgumentNullException.ThrowIfNull(functions);
        var longest = Longest(timeout);
        foreach (var function in functions)
        {
            if (function.GetService<KernelFunction>() is not null)
            {
                throw new ArgumentException(
                    $"'{function.Name}' is a function of Semantic Kernel, which runs without the kernel's filters when it is called as an AIFunction. Use AddPlugins.", nameof(functions));
            }

            services.AddSingleton(ToTool(function, longest, safeToRepeat));
        }

        return services;
    }

    private static TimeSpan Longest(TimeSpan? timeout) => timeout <= TimeSpan.Zero
        ? throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "Is above zero.")
        : timeout ?? DefaultTimeout;

    private static Tool[] ToTools(KernelPlugin plugin, Func<string, KernelFunction, AIFunction> toFunction, TimeSpan timeout, bool safeToRepeat) =>
        [.. plugin.Select(function => ToTool(toFunction(plugin.Name, function), timeout, safeToRepeat))];

    private static Tool ToTool(AIFunction function, TimeSpan timeout, bool safeToRepeat)
    {
        if (!ToolNames.IsTaken(function.Name))
        {
            throw new ArgumentException(
                $"Models do not take the name '{function.Name}': 1 to {ToolNames.Longest} letters a to z, digits, hyphens and underscores.", nameof(function));
        }

        if (ToolNames.IsHandOff(function.Name))
        {
            throw new ArgumentException(
                $"The name '{function.Name}' begins with '{ToolDescription.HandOffPrefix}', which is for hand-offs between agents.", nameof(function));
        }

        return new Tool(function, timeout, safeToRepeat);
    }
}
