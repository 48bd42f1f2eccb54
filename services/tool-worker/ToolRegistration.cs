using Microsoft.Extensions.AI;
using StreamChat.Contracts.Tools;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker;

/// <summary>Hands the tool-worker functions that it offers to the agents as tools, beside those built in.</summary>
public static class ToolRegistration
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Adds functions as tools. What a function returns goes to the model as JSON; what it throws only as "the tool failed", for it may
    /// hold secrets. On whose behalf it is called is in <see cref="AIFunctionArguments.Context"/>, by the keys of <see cref="ToolCallKeys"/>.
    /// </summary>
    /// <param name="services">Where to register.</param>
    /// <param name="functions">The functions, called by many runs at a time. Their names are what models call them by: 1 to 64 letters a to z, digits, hyphens and underscores, used once.</param>
    /// <param name="timeout">The longest that one call may take, above zero; 30 s when left out. <c>Limits:Run:ToolTimeout</c> is the most for any.</param>
    /// <param name="safeToRepeat">Whether calling one twice does no harm. If not, a call whose worker died in the middle is not repeated.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">A function has a name that models do not take or that is for hand-offs, or the timeout is not above zero.</exception>
    public static IServiceCollection AddTools(
        this IServiceCollection services, IEnumerable<AIFunction> functions, TimeSpan? timeout = null, bool safeToRepeat = false)
    {
        ArgumentNullException.ThrowIfNull(functions);
        if (timeout <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "Is above zero.");
        }

        foreach (var function in functions)
        {
            if (!ToolNames.IsTaken(function.Name))
            {
                throw new ArgumentException(
                    $"Models do not take the name '{function.Name}': 1 to {ToolNames.Longest} letters a to z, digits, hyphens and underscores.", nameof(functions));
            }

            if (ToolNames.IsHandOff(function.Name))
            {
                throw new ArgumentException(
                    $"The name '{function.Name}' begins with '{ToolDescription.HandOffPrefix}', which is for hand-offs between agents.", nameof(functions));
            }

            services.AddSingleton(new Tool(function, timeout ?? DefaultTimeout, safeToRepeat));
        }

        return services;
    }
}
