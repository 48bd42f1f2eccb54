using System.ComponentModel;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using StreamChat.Contracts.Tools;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.Plugins;

/// <summary>
/// A kernel function as a tool. It is invoked through a kernel of its own call, because a <see cref="KernelFunction"/> that is invoked as
/// an <see cref="AIFunction"/> runs without the kernel's function filters and does not see <see cref="AIFunctionArguments.Context"/>.
/// </summary>
internal sealed class PluginFunction : AIFunction
{
    private static readonly string[] DataKeys = [ToolCallKeys.UserId, ToolCallKeys.ThreadId, ToolCallKeys.RunId, ToolCallKeys.ToolCallId];

    private readonly KernelFunction _function;
    private readonly Kernel? _kernel;
    private readonly IServiceProvider? _services;

    /// <param name="plugin">The plugin's name, which becomes the first part of the tool's name.</param>
    /// <param name="function">The function to invoke.</param>
    /// <param name="kernel">Each call uses a clone of it.</param>
    public PluginFunction(string plugin, KernelFunction function, Kernel kernel)
        : this(plugin, function) => _kernel = kernel;

    /// <param name="plugin">The plugin's name, which becomes the first part of the tool's name.</param>
    /// <param name="function">The function to invoke.</param>
    /// <param name="services">Each call has a scope of them. Its kernel is a clone of the registered one, or else a new one over the scope.</param>
    public PluginFunction(string plugin, KernelFunction function, IServiceProvider services)
        : this(plugin, function) => _services = services;

    private PluginFunction(string plugin, KernelFunction function)
    {
        _function = function;
        Name = $"{plugin}_{function.Name}";
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override string Description => _function.Description;

    /// <inheritdoc/>
    public override JsonElement JsonSchema => _function.JsonSchema;

    /// <inheritdoc/>
    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        if (_kernel is not null)
        {
            return await InvokeAsync(_kernel.Clone(), arguments, cancellationToken);
        }

        await using var scope = _services!.CreateAsyncScope();
        var kernel = scope.ServiceProvider.GetService<Kernel>()?.Clone() ?? new Kernel(scope.ServiceProvider);
        return await InvokeAsync(kernel, arguments, cancellationToken);
    }

    private async Task<object?> InvokeAsync(Kernel kernel, AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        foreach (var key in DataKeys)
        {
            kernel.Data[key] = arguments.Context?[key];
        }

        // a string as such, as connectors pass it: Semantic Kernel reads an enumeration or a time from a string and not from a JSON element
        KernelArguments given = [];
        foreach (var (name, argument) in arguments)
        {
            // names that differ only in case are one to Semantic Kernel
            given[name] = argument is JsonElement { ValueKind: JsonValueKind.String } text ? text.GetString() : argument;
        }

        var result = await _function.InvokeAsync(kernel, given, cancellationToken);
        var value = result.GetValue<object>();

        // content and the answers of OpenAPI plugins have a text for models; as JSON objects they would be their metadata
        return value is KernelContent || value?.GetType().IsDefined(typeof(TypeConverterAttribute), inherit: true) == true ? result.ToString() : value;
    }
}

/// <summary>The tools of one plugin. They are known when the container exists, because it creates the plugin.</summary>
/// <param name="Tools">One for each function.</param>
internal sealed record PluginTools(IReadOnlyList<Tool> Tools);
