using Signalbox.Diagnostics;
using Signalbox.Pipelines;
using static Signalbox.Audit.Grades.Grader;

namespace Signalbox.Audit.Grades;

/// <summary>Check 1: provenance, signatures, secrets from a manager.</summary>
internal static class SecurityPoints
{
    // what reads secrets out of a manager, or keeps them encrypted until the cluster has them
    private static readonly string[] s_managers =
        ["ExternalSecret", "ClusterExternalSecret", "SecretStore", "ClusterSecretStore", "SealedSecret", "SecretProviderClass", "SopsSecret", "VaultStaticSecret", "VaultDynamicSecret", "OnePasswordItem"];

    private static readonly string[] s_plain =
        ["secret-in-env-literal", "secret-in-configmap", "secret-in-image", "hardcoded-container-credentials", "secret-variable-set-inline", "password-on-command-line", "password-set-in-build", "static-cloud-credentials"];

    public static GradePoint Provenance(Facts facts)
    {
        const string Title = "provenance of what is released";
        if (facts.First(ActivityKind.Attest) is { } at) return Proven("provenance", Title, "it is attested where it is built", at);
        return facts.Publishes
            ? Missing("provenance", Title, "something is published, and no pipeline attests where it comes from", facts.First(ActivityKind.PublishImage, ActivityKind.Publish))
            : Unknown("provenance", Title, "nothing is published from here");
    }

    public static GradePoint Signature(Facts facts)
    {
        const string Title = "images are signed";
        if (facts.First(ActivityKind.Sign, ActivityKind.Attest) is { } at) return Proven("signature", Title, "a pipeline signs", at);
        return facts.Publishes
            ? Missing("signature", Title, "something is published, and no pipeline signs it", facts.First(ActivityKind.PublishImage, ActivityKind.Publish))
            : Unknown("signature", Title, "nothing is published from here");
    }

    public static GradePoint Secrets(Facts facts)
    {
        const string Title = "secrets come from a manager";
        if (facts.Found(s_plain) is { } plain) return Missing("secrets", Title, "a secret is written down, or kept as a long-lived key", plain);
        if (Manager(facts) is { } manager) return Proven("secrets", Title, "they are fetched, or stored encrypted", manager);
        return Unknown("secrets", Title, "no file names a manager, and no secret is written down");
    }

    private static Location? Manager(Facts facts) => facts.Object(s_managers) ?? facts.PathWith(".sops.yaml", ".sops.yml") ?? Exchange(facts);

    /// <summary>A step that takes secrets from a manager, or a token for the cloud in place of a stored key.</summary>
    private static Location? Exchange(Facts facts)
    {
        foreach (var (file, pipeline) in facts.Repository.All<Pipeline>())
            foreach (var job in pipeline.Jobs)
                if (job.Uses.FirstOrDefault(IsExchange) is { } uses) return file.At(uses.Range);
        return null;
    }

    private static bool IsExchange(UsedCode uses) => uses.Repository.ToLowerInvariant() is "hashicorp/vault-action" or "aws-actions/aws-secretsmanager-get-secrets" or "google-github-actions/get-secretmanager-secrets"
        or "azure/get-keyvault-secrets" or "1password/load-secrets-action" or "bitwarden/sm-action" or "dopplerhq/secrets-fetch-action" or "azurekeyvault" or "infisical/secrets-action";
}
