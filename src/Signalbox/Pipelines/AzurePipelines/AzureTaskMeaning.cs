namespace Signalbox.Pipelines.AzurePipelines;

/// <summary>What Azure's own tasks do for delivery: learn.microsoft.com, "Azure Pipelines task reference".</summary>
internal static class AzureTaskMeaning
{
    /// <param name="name">The task's name in lower case.</param>
    public static IEnumerable<ActivityKind> Kinds(string name, Step step) => name switch
    {
        "checkout" => [ActivityKind.Checkout],
        "docker" => step.Input("command")?.ToLowerInvariant() switch
        {
            "build" => [ActivityKind.BuildImage],
            "push" => [ActivityKind.PublishImage],
            "login" => [ActivityKind.Login],
            "logout" or "start" or "stop" => [],
            _ => [ActivityKind.BuildImage, ActivityKind.PublishImage],
        },
        "kubernetesmanifest" or "kubernetes" => (step.Input("action") ?? step.Input("command")) switch
        {
            "deploy" or "promote" or "apply" or "scale" or "patch" or "create" or "set" => [ActivityKind.Deploy],
            _ => [],
        },
        "helmdeploy" when step.Input("command") is "upgrade" or "install" => [ActivityKind.Deploy],
        "azurewebapp" or "azurermwebappdeployment" or "azurewebappcontainer" or "azurefunctionapp" or "azurefunctionappcontainer" or "azurecontainerapps" or "azurestaticwebapp" or "azureappservicemanage"
            or "azureresourcemanagertemplatedeployment" or "servicefabricdeploy" or "iiswebappdeploymentongroup" or "iiswebappdeploymentonmachinegroup" => [ActivityKind.Deploy],
        "dotnetcorecli" => step.Input("command") switch { "test" => [ActivityKind.Test], "push" => [ActivityKind.Publish], "build" or "publish" or "pack" => [ActivityKind.Build], _ => [] },
        "vstest" => [ActivityKind.Test],
        "vsbuild" or "msbuild" or "maven" or "gradle" or "ant" => [ActivityKind.Build],
        "npm" when step.Input("command") == "publish" => [ActivityKind.Publish],
        "twineauthenticate" or "npmauthenticate" or "nugetauthenticate" => [ActivityKind.Login],
        "sonarqubeanalyze" or "sonarcloudanalyze" or "snyksecurityscan" or "microsoftsecuritydevops" or "credscan" or "advancedsecurity-codeql-analyze" or "whitesource" or "trivy" => [ActivityKind.Scan],
        "cache" => [ActivityKind.RestoreCache, ActivityKind.SaveCache],
        _ => [],
    };
}
