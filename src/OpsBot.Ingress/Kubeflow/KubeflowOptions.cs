namespace OpsBot.Ingress.Kubeflow;

// senders:
//   kubeflow: { bearer: "..." }        # the objects themselves, a list of them, or events of a watch, posted; or a poll, see PollOptions

/// <summary>Training jobs of Kubeflow.</summary>
public sealed class KubeflowOptions : TokenSenderOptions;
