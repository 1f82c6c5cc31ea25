
#include <eml_net.h>
static const float mynet_layer_0_biases[8] = { -0.213456f, -0.094426f, -0.632926f, 0.034204f, 0.312043f, 0.090700f, 0.627555f, 0.177996f };
static const float mynet_layer_0_weights[32] = { -0.083360f, 0.139197f, 0.212297f, -0.045978f, 0.026217f, 0.130761f, -0.003179f, 0.475415f, 0.501632f, -0.366145f, 0.481879f, -0.107515f, 0.266028f, 0.512434f, -0.361857f, -0.679738f, -0.827614f, 0.607438f, 0.480449f, 0.516306f, 0.652123f, 0.362308f, -0.000517f, 0.337494f, -0.687865f, 0.441687f, -0.389221f, 0.660629f, -0.070729f, -0.192675f, -0.127470f, 0.318994f };
static const float mynet_layer_1_biases[3] = { -0.272575f, -0.262318f, 0.384438f };
static const float mynet_layer_1_weights[24] = { -0.119303f, -0.160507f, 0.163903f, -0.730217f, 0.181863f, 0.381323f, -0.274706f, -0.629888f, -0.263889f, -0.302386f, 0.034831f, 0.039199f, 0.749091f, -0.665122f, -0.336451f, -0.364248f, 0.153965f, -0.355723f, -0.000363f, -0.162367f, -0.269307f, -0.650697f, 0.169725f, -0.422557f };
static float mynet_buf1[8];
static float mynet_buf2[8];
static const EmlNetLayer mynet_layers[2] = { 
{ 8, 4, mynet_layer_0_weights, mynet_layer_0_biases, EmlNetActivationRelu }, 
{ 3, 8, mynet_layer_1_weights, mynet_layer_1_biases, EmlNetActivationSoftmax } };
static EmlNet mynet = { 2, mynet_layers, mynet_buf1, mynet_buf2, 8 };

    int32_t
    mynet_predict(const float *features, int32_t n_features)
    {
        return eml_net_predict(&mynet, features, n_features);
    }
    

    int32_t
    mynet_regress(const float *features, int32_t n_features, float *out, int32_t out_length)
    {
        return eml_net_regress(&mynet, features, n_features, out, out_length);
    }
    

    float
    mynet_regress1(const float *features, int32_t n_features)
    {
        return eml_net_regress1(&mynet, features, n_features);
    }
    